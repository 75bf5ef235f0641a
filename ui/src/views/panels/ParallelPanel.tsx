/** Many values of each run side by side. A range drawn on an axis becomes part of the filter. */
import { useEffect, useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";
import { useStore } from "zustand";
import { readInk } from "../../chart/ink";
import { axisAt, drawParallel, frameOf, lineAt, type ParallelLine } from "../../chart/parallel";
import { withBrush } from "../../series/brush";
import { cutMiddle } from "../../series/names";
import { type Scale, scaleOf } from "../../series/scale";
import { pointAt, pointerStore } from "../../state/pointer";
import { bareKey } from "../../state/sort";
import { say } from "../../state/toasts";
import { changeView, viewStore } from "../../state/view";
import { t } from "../../texts";
import { runAt } from "../addresses";
import { useNear, useShade, useSize } from "../parts/hooks";
import { PanelFrame } from "../workspace/PanelFrame";
import workspace from "../workspace/workspace.module.css";
import type { PanelProps } from "./kinds";
import styles from "./panels.module.css";
import { columnOf, listOption, useFirstKeys, useRunTable } from "./values";

/** A range shorter than this is a click, which takes the range away. */
const LEAST = 0.015;

export default function ParallelPanel({ place, spec, drawn, widthPx, full }: PanelProps) {
  const box = useRef<HTMLElement>(null);
  const near = useNear(box) || full === true;
  const first = useFirstKeys(place);
  const keys = useMemo(() => {
    const chosen = listOption(spec.options.keys);
    return chosen.length > 0 ? chosen : [...first.config, ...(first.summary ? [first.summary] : [])];
  }, [spec.options.keys, first]);
  const logs = useMemo(() => listOption(spec.options.log), [spec.options.log]);
  const table = useRunTable(place, keys, near).data;
  const content = useMemo(() => {
    if (!table || keys.some((key) => !(key in table.columns))) return null;
    const scales = keys.map((key) =>
      scaleOf(columnOf(table, key), logs.includes(key) || spansDecades(columnOf(table, key)), 6),
    );
    const hues = new Map(drawn.map(({ row, look }) => [row.id, look.hue]));
    const lines = table.ids.map((run, i): ParallelLine => {
      const places = Float64Array.from(scales, (scale, k) => scale.place(columnOf(table, keys[k]!)[i]));
      const last = places[places.length - 1]!;
      return { run, places, strength: Number.isNaN(last) ? 0 : last, hue: hues.get(run) ?? 0 };
    });
    return { scales, lines };
  }, [table, keys, drawn, logs]);
  const title = spec.title || t.arrange.kinds.parallel;
  return (
    <PanelFrame
      box={box}
      spec={{ ...spec, title }}
      widthPx={widthPx}
      full={full}
      light={!near}
      notes={table && <span className={workspace.panelNote}>{t.panelKinds.runsOf(table.matched, table.total)}</span>}
    >
      <div className={styles.canvasBox}>
        {content && near && keys.length > 0 && <Axes place={place} keys={keys} label={title} {...content} />}
        {table && keys.length === 0 && <p className={workspace.plotEmpty}>{t.panelKinds.nothingDiffers}</p>}
      </div>
    </PanelFrame>
  );
}

/** Positive numbers over more than two powers of ten read better on a log axis. */
function spansDecades(values: readonly unknown[]): boolean {
  const numbers = values.filter((value): value is number => typeof value === "number");
  if (numbers.length < 3 || numbers.some((value) => value <= 0)) return false;
  return Math.max(...numbers.slice(0, 5000)) / Math.min(...numbers.slice(0, 5000)) > 100;
}

function Axes({
  place,
  keys,
  label,
  scales,
  lines,
}: {
  place: PanelProps["place"];
  keys: string[];
  label: string;
  scales: Scale[];
  lines: ParallelLine[];
}) {
  const [, navigate] = useLocation();
  const canvas = useRef<HTMLCanvasElement>(null);
  const host = useRef<HTMLDivElement>(null);
  const size = useSize(host);
  const shade = useShade();
  const hot = useStore(pointerStore, (pointer) => pointer.run);
  const [brush, setBrush] = useState<{ axis: number; from: number; to: number } | null>(null);
  const frame = useMemo(() => frameOf(size, keys.length), [size, keys.length]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the shade is what changes the ink.
  useEffect(() => {
    if (!canvas.current) return;
    const brushes = keys.map((_, i): [number, number] | null =>
      brush?.axis === i ? [Math.min(brush.from, brush.to), Math.max(brush.from, brush.to)] : null,
    );
    const accent = getComputedStyle(document.documentElement).getPropertyValue("--accent").trim();
    drawParallel(canvas.current, size, { lines, scales, brushes, hot, accent }, readInk(document.documentElement));
  }, [lines, scales, size, hot, brush, shade, keys]);

  const finish = () => {
    if (!brush) return;
    const key = keys[brush.axis]!;
    const scale = scales[brush.axis]!;
    const [low, high] = [Math.min(brush.from, brush.to), Math.max(brush.from, brush.to)];
    setBrush(null);
    const filter = viewStore.getState().filter;
    const picked =
      high - low < LEAST
        ? null
        : scale.kind === "number"
          ? ([scale.at(low) as number, scale.at(high) as number] as [number, number])
          : scale.ticks.filter((tick) => tick.place >= low && tick.place <= high).map((tick) => tick.label);
    const next = withBrush(filter, key, picked);
    if (next === null) say(t.panelKinds.cannotBrush, { tone: "error" });
    else if (next !== filter) changeView({ filter: next });
  };
  return (
    <div ref={host} className={styles.canvasHost}>
      <canvas
        ref={canvas}
        role="img"
        aria-label={t.panelKinds.parallelLabel(label, lines.length, keys.map(bareKey).join(", "))}
        style={{ width: size.width, height: size.height, cursor: "crosshair" }}
        onPointerDown={(event) => {
          const bounds = event.currentTarget.getBoundingClientRect();
          const at = axisAt(frame, event.clientX - bounds.left, event.clientY - bounds.top);
          if (!at) return;
          event.currentTarget.setPointerCapture(event.pointerId);
          setBrush({ axis: at.axis, from: at.place, to: at.place });
        }}
        onPointerMove={(event) => {
          const bounds = event.currentTarget.getBoundingClientRect();
          const [x, y] = [event.clientX - bounds.left, event.clientY - bounds.top];
          if (brush) {
            const to = Math.min(Math.max(1 - (y - frame.top) / frame.height, 0), 1);
            setBrush({ ...brush, to });
          } else pointAt({ run: lineAt(frame, lines, x, y), panel: null });
        }}
        onPointerUp={finish}
        onPointerLeave={() => !brush && pointAt({ run: null })}
        onClick={(event) => {
          const bounds = event.currentTarget.getBoundingClientRect();
          const [x, y] = [event.clientX - bounds.left, event.clientY - bounds.top];
          const run = axisAt(frame, x, y) ? null : lineAt(frame, lines, x, y);
          if (run) navigate(runAt(place, run));
        }}
      />
      {keys.map((key, i) => (
        <span key={key} className={styles.axisName} style={{ left: frame.axes[i] }} title={key}>
          {cutMiddle(bareKey(key), Math.max(Math.floor(size.width / keys.length / 7), 6), 4)}
        </span>
      ))}
    </div>
  );
}
