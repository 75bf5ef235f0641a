/** Two values of every run against one another; a third one as strength; what is best so far as a line. */
import { useEffect, useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";
import { useStore } from "zustand";
import { readInk } from "../../chart/ink";
import type { Plane } from "../../chart/plane";
import { type Dot, dotAt, drawScatter } from "../../chart/scatter";
import { figure } from "../../series/format";
import { scaleOf } from "../../series/scale";
import { asNumber } from "../../series/tagged";
import { pointAt, pointerStore } from "../../state/pointer";
import { bareKey } from "../../state/sort";
import { t } from "../../texts";
import { runAt } from "../addresses";
import { useNear, useShade, useSize } from "../parts/hooks";
import { valueText } from "../parts/valueText";
import { PanelFrame } from "../workspace/PanelFrame";
import workspace from "../workspace/workspace.module.css";
import type { PanelProps } from "./kinds";
import styles from "./panels.module.css";
import { columnOf, textOption, useFirstKeys, useRunTable } from "./values";

export const FRONTIERS = ["none", "max", "min", "mean"] as const;
export type Frontier = (typeof FRONTIERS)[number];

/** Gives the running best (or mean) of y along x. */
export function frontierOf(points: readonly (readonly [number, number])[], kind: Frontier): [number, number][] {
  if (kind === "none") return [];
  const sorted = [...points].sort(([a], [b]) => a - b);
  const line: [number, number][] = [];
  let value = Number.NaN;
  let sum = 0;
  sorted.forEach(([x, y], i) => {
    sum += y;
    if (kind === "mean") value = sum / (i + 1);
    else if (Number.isNaN(value) || (kind === "max" ? y > value : y < value)) value = y;
    line.push([x, value]);
  });
  return line;
}

export default function ScatterPanel({ place, spec, drawn, widthPx, full }: PanelProps) {
  const [, navigate] = useLocation();
  const box = useRef<HTMLElement>(null);
  const near = useNear(box) || full === true;
  const first = useFirstKeys(place);
  const x = textOption(spec.options.x) || first.config[0] || "created_at";
  const y = textOption(spec.options.y) || first.summary || "runtime_s";
  const z = textOption(spec.options.z);
  const { logX, logY } = spec.options;
  const frontier = (textOption(spec.options.frontier) || "none") as Frontier;
  const keys = useMemo(() => [x, y, z], [x, y, z]);
  const table = useRunTable(place, keys, near).data;

  const content = useMemo(() => {
    if (!table) return null;
    const [xs, ys] = [columnOf(table, x), columnOf(table, y)];
    const zs = z ? columnOf(table, z) : null;
    const [scaleX, scaleY] = [scaleOf(xs, logX === true), scaleOf(ys, logY === true)];
    const scaleZ = zs && scaleOf(zs, false);
    const hues = new Map(drawn.map(({ row, look }) => [row.id, look.hue]));
    const dots: (Dot & { index: number })[] = [];
    table.ids.forEach((run, index) => {
      const [px, py] = [scaleX.place(xs[index]), scaleY.place(ys[index])];
      if (!(px >= 0 && py >= 0)) return;
      const strength = scaleZ ? scaleZ.place(zs![index]) : null;
      dots.push({
        run,
        x: px,
        y: py,
        hue: hues.get(run) ?? 0,
        strength: strength !== null && strength >= 0 ? strength : z ? 0 : null,
        index,
      });
    });
    const line = frontierOf(
      dots.map((dot) => [dot.x, dot.y] as const),
      frontier,
    );
    return { dots, line, x: scaleX, y: scaleY };
  }, [table, x, y, z, logX, logY, drawn, frontier]);

  const title = spec.title || t.panelKinds.against(bareKey(y), bareKey(x));
  const missing = content && table ? table.ids.length - content.dots.length : 0;
  return (
    <PanelFrame
      box={box}
      spec={{ ...spec, title }}
      widthPx={widthPx}
      full={full}
      light={!near}
      notes={
        <>
          {table && (
            <span className={workspace.panelNote}>{t.panelKinds.runsOf(content?.dots.length ?? 0, table.matched)}</span>
          )}
          {missing > 0 && <span className={workspace.panelNote}>{t.panelKinds.without(missing)}</span>}
        </>
      }
    >
      <div className={styles.canvasBox}>
        {content && near && (
          <Points
            content={content}
            label={title}
            x={bareKey(x)}
            y={bareKey(y)}
            onPick={(run) => navigate(runAt(place, run))}
            describe={(index) => {
              const lines = [
                table!.names[index]!,
                `${bareKey(y)} ${said(columnOf(table, y)[index])}`,
                `${bareKey(x)} ${said(columnOf(table, x)[index])}`,
              ];
              if (z) lines.push(`${bareKey(z)} ${said(columnOf(table, z)[index])}`);
              return lines;
            }}
          />
        )}
        {table && content?.dots.length === 0 && <p className={workspace.plotEmpty}>{t.panelKinds.nothingBoth}</p>}
      </div>
      <p className={styles.axisNames}>
        <span>
          ↑ {bareKey(y)}
          {logY === true && ` · ${t.panels.logNote}`}
        </span>
        <span>
          {bareKey(x)}
          {logX === true && ` · ${t.panels.logNote}`} →
        </span>
      </p>
    </PanelFrame>
  );
}

const said = (value: unknown): string => {
  const number = asNumber(value);
  return number === null ? valueText(value as never) : figure(number);
};

type Content = NonNullable<Parameters<typeof drawScatter>[2]>;

function Points({
  content,
  label,
  x,
  y,
  describe,
  onPick,
}: {
  content: Omit<Content, "hot" | "dots"> & { dots: (Dot & { index: number })[] };
  label: string;
  x: string;
  y: string;
  describe: (index: number) => string[];
  onPick: (run: string) => void;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const host = useRef<HTMLDivElement>(null);
  const plane = useRef<Plane | null>(null);
  const size = useSize(host);
  const shade = useShade();
  const hot = useStore(pointerStore, (pointer) => pointer.run);
  const [at, setAt] = useState<{ left: number; top: number; dot: Dot & { index: number } } | null>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the shade is what changes the ink.
  useEffect(() => {
    if (canvas.current)
      plane.current = drawScatter(canvas.current, size, { ...content, hot }, readInk(document.documentElement));
  }, [content, size, hot, shade]);
  return (
    <div ref={host} className={styles.canvasHost}>
      <canvas
        ref={canvas}
        role="img"
        aria-label={t.panelKinds.scatterLabel(label, content.dots.length, x, y)}
        style={{ width: size.width, height: size.height }}
        onPointerMove={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          const [left, top] = [event.clientX - box.left, event.clientY - box.top];
          const dot = plane.current
            ? (dotAt(plane.current, content.dots, left, top) as (Dot & { index: number }) | null)
            : null;
          setAt(dot ? { left, top, dot } : null);
          pointAt({ run: dot?.run ?? null, panel: null });
        }}
        onPointerLeave={() => {
          setAt(null);
          pointAt({ run: null });
        }}
        onClick={() => at && onPick(at.dot.run)}
      />
      {at && (
        <div
          className={styles.tip}
          style={{ left: Math.min(at.left + 12, Math.max(size.width - 200, 0)), top: Math.max(at.top - 60, 0) }}
        >
          {describe(at.dot.index).map((line, i) =>
            i === 0 ? <strong key={line}>{line}</strong> : <span key={line}>{line}</span>,
          )}
        </div>
      )}
    </div>
  );
}
