/** Puts a LinePlot into the page: React gives it content, pointer moves pass by React. */
import { lazy, Suspense, useEffect, useMemo, useRef } from "react";
import { useStore } from "zustand";
import type { DrawnLine, LineEnd } from "../../chart/drawing";
import type { OpenRange } from "../../chart/extent";
import { readInk } from "../../chart/ink";
import { LinePlot } from "../../chart/LinePlot";
import type { RunState } from "../../net/shapes";
import { figure } from "../../series/format";
import { joinAt, nearestTo } from "../../series/join";
import type { Mark } from "../../series/marks";
import { xFigure } from "../../series/ticks";
import { boxStore, keepBox } from "../../state/boxes";
import { coloursStore } from "../../state/colours";
import { pointAt, pointerStore } from "../../state/pointer";
import { changeView, type XAxis } from "../../state/view";
import { t } from "../../texts";
import { sayDrawn, useShade, useSize } from "../parts/hooks";
import { axisName } from "./AxisMenu";
import { branchText } from "./branchText";
import type { LineNames } from "./lineNames";
import { chooseMark, markChoice } from "./markChoice";
import { panelPlots } from "./panelLines";
import styles from "./workspace.module.css";

const NO_MARKS: readonly Mark[] = [];
const MarkMenu = lazy(() => import("./MarkMenu"));

export const LINE_ENDS: Record<RunState, LineEnd> = {
  pending: "live",
  running: "live",
  finished: "plain",
  failed: "failed",
  crashed: "stopped",
  interrupted: "stopped",
  preempted: "stopped",
  killed: "stopped",
};

const axisKind = (x: XAxis) =>
  x === "runtime" ? "duration" : x === "timestamp" ? "time" : x === "percent" ? "percent" : "number";
/** Dots in the panel under the pointer; elsewhere only the highlighted run gets one. */
const DOTS = 8;
/** Rows of the hidden table that speaks for the canvas. */
const SPOKEN = 20;

export function Plot({
  panel,
  title,
  lines,
  names,
  x,
  base,
  log,
  logX,
  rangeX,
  rangeY,
  clip,
  zoom,
  marks: all = NO_MARKS,
  onMarks,
  onPick,
  onOutside,
}: {
  panel: string;
  title: string;
  lines: DrawnLine[];
  names: LineNames;
  x: XAxis;
  /** What most charts run over: a range on it is everybody's. */
  base: XAxis;
  log: boolean;
  logX: boolean;
  rangeX: OpenRange | null;
  rangeY: OpenRange | null;
  clip: boolean;
  zoom: [number, number] | null;
  marks?: readonly Mark[];
  /** Told the marks that the reader wants; absent where there is no place to keep them. */
  onMarks?: (marks: Mark[]) => void;
  onPick: (run: string) => void;
  /** Told how many lines leave the shown range. */
  onOutside: (lines: number) => void;
}) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<LinePlot | null>(null);
  const pick = useRef(onPick);
  pick.current = onPick;
  const drawn = useRef(lines);
  drawn.current = lines;
  const { width, height } = useSize(host);
  const shade = useShade();
  const marks = useMemo(() => all.filter(({ over }) => over === x), [all, x]);
  const canMark = onMarks !== undefined;
  const asked = useStore(markChoice, ({ open }) => (open?.panel === panel ? open : null));
  const box = useStore(boxStore, (boxes) => boxes[panel] ?? null);
  const sized = width > 0 && height > 0;
  const colours = useStore(coloursStore);
  // Read after the theme changed on the document; the same object until it changes again.
  // biome-ignore lint/correctness/useExhaustiveDependencies: these are what changes the tokens' values.
  const ink = useMemo(() => readInk(document.documentElement), [shade, colours]);

  useEffect(() => {
    if (!sized || !host.current) return;
    const made = new LinePlot(
      host.current,
      {
        onZoom: (range, rangeY) => {
          keepBox(panel, rangeY ?? null);
          // The key that makes a box also stops the tooltip.
          if (rangeY) pointerStore.setState({ frozen: false });
          changeView({ zoom: range, zoomed: range && x !== base ? x : null });
        },
        onPick: (run) => pick.current(run),
        onMenu: canMark
          ? (place) => {
              pointerStore.setState({ frozen: false });
              chooseMark({ panel, ...place });
            }
          : undefined,
        onPoint: (point) =>
          point
            ? pointAt({
                panel,
                axis: x,
                x: point.x,
                y: point.y,
                run: point.run,
                clientX: point.clientX,
                clientY: point.clientY,
              })
            : pointAt({ panel: null, run: null }),
      },
      { width: host.current.clientWidth, height: host.current.clientHeight },
    );
    plot.current = made;
    panelPlots.set(panel, made);
    return () => {
      made.destroy();
      plot.current = null;
      panelPlots.delete(panel);
    };
  }, [sized, panel, x, base, canMark]);

  useEffect(() => {
    if (sized) plot.current?.resize(width, height);
  }, [sized, width, height]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a plot made when the size became known has shown nothing yet.
  useEffect(() => {
    plot.current?.show({ lines, axis: axisKind(x), log, logX, rangeX, rangeY, clip, zoom, zoomY: box, marks, ink });
    if (plot.current) sayDrawn();
    onOutside(plot.current?.outside ?? 0);
  }, [lines, x, base, log, logX, rangeX, rangeY, clip, zoom, box, marks, ink, sized]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: the cursor moves with the scales and the lines.
  useEffect(() => {
    const follow = () => {
      const pointer = pointerStore.getState();
      const here = pointer.panel === panel;
      plot.current?.highlight(pointer.run);
      let dotted = pointer.run ? [pointer.run] : [];
      const at = pointer.axis === x ? pointer.x : null;
      if (here && at !== null && plot.current) {
        const [from, to] = plot.current.shownX;
        const values = joinAt(drawn.current, at, (to - from) / 100);
        dotted = nearestTo(values, pointer.y ?? 0, DOTS).map((value) => value.run);
      }
      plot.current?.cursorAt(at, dotted);
    };
    follow();
    return pointerStore.subscribe(follow);
  }, [panel, x, lines, zoom, log, width, height]);

  return (
    <>
      <div
        ref={host}
        className={styles.plotHost}
        role="img"
        aria-label={t.panels.canvas(title, lines.length, axisName(x))}
      />
      <SpokenTable title={title} lines={lines} names={names} marks={marks} x={x} />
      {asked && plot.current && onMarks && (
        <Suspense fallback={null}>
          <MarkMenu
            key={`${asked.x}`}
            open={{ ...asked, x: rounded(asked.x, plot.current.shownX) }}
            over={x}
            marks={marks}
            at={markAt(marks, asked.x, plot.current.shownX, width)}
            onChange={(next) => onMarks([...all.filter(({ over }) => over !== x), ...next])}
          />
        </Suspense>
      )}
    </>
  );
}

/** A mark this near, in pixels, is the one that is meant. */
const NEAR_PX = 6;

function markAt(marks: readonly Mark[], x: number, [from, to]: [number, number], width: number): number | null {
  const reach = ((to - from) / Math.max(width, 1)) * NEAR_PX;
  let best: number | null = null;
  marks.forEach((mark, i) => {
    const away = Math.abs(mark.x - x);
    if (away <= reach && (best === null || away < Math.abs(marks[best]!.x - x))) best = i;
  });
  return best;
}

/** As exact as a pointer can be: whole steps where there are some, else a thousandth of what is shown. */
function rounded(x: number, [from, to]: [number, number]): number {
  if (to - from > 20) return Math.round(x);
  const digits = Math.max(Math.ceil(3 - Math.log10(Math.max(to - from, Number.MIN_VALUE))), 0);
  return Number(x.toFixed(Math.min(digits, 12)));
}

/** What a canvas shows, for those who listen to the page. */
function SpokenTable({
  title,
  lines,
  names,
  marks,
  x,
}: {
  title: string;
  lines: DrawnLine[];
  names: LineNames;
  marks: readonly Mark[];
  x: XAxis;
}) {
  return (
    <table className="visually-hidden">
      <caption>{t.panels.tableCaption(title)}</caption>
      <thead>
        <tr>
          <th scope="col">{t.panels.tableRun}</th>
          <th scope="col">{t.panels.tableLast}</th>
        </tr>
      </thead>
      <tbody>
        {lines.slice(0, SPOKEN).map((line) => (
          <tr key={`${line.run}/${line.key}`}>
            <th scope="row">{[names.run(line), line.label].filter(Boolean).join(" · ")}</th>
            <td>
              {figure(line.y.length > 0 ? line.y[line.y.length - 1]! : Number.NaN)}
              {line.branch && `, ${branchText(line.branch)}`}
            </td>
          </tr>
        ))}
        {marks.map((mark) => (
          <tr key={`${mark.x} ${mark.text}`}>
            <th scope="row">{mark.text}</th>
            <td>{t.marks.spoken(axisName(x), xFigure(x, mark.x))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
