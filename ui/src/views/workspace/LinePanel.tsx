/** One line chart: metrics, patterns and formulas over the drawn runs. */
import { lazy, memo, Suspense, useEffect, useMemo, useRef, useState } from "react";
import { useStore } from "zustand";
import type { DrawnLine } from "../../chart/drawing";
import type { SeriesAsked } from "../../net/metrics";
import { figure } from "../../series/format";
import { valueAt } from "../../series/join";
import { reachesZero } from "../../series/line";
import { cutMiddle } from "../../series/names";
import { axesOf, axisOfMetric, isKnownAxis } from "../../state/axes";
import { pointerStore } from "../../state/pointer";
import type { XAxis } from "../../state/view";
import { t } from "../../texts";
import type { PanelProps } from "../panels/kinds";
import { IconButton } from "../parts/Controls";
import { useNear, useRested, useView } from "../parts/hooks";
import { MenuItem } from "../parts/Menus";
import { Swatch } from "../parts/RunMarks";
import { AxisMenu, axisName } from "./AxisMenu";
import { useDrawnGroups } from "./groups";
import legends from "./legend.module.css";
import { useLineNames } from "./lineNames";
import { chooseMark } from "./markChoice";
import { PanelFrame } from "./PanelFrame";
import { Plot } from "./Plot";
import { usePanelActions } from "./panelActions";
import { drawnOf, panelLines, panelPlots, reportPoints } from "./panelLines";
import { drawingOf, linesOf, usePanelSeries } from "./panelSeries";
import { usePanelZoom } from "./panelZoom";
import type { DrawnRun } from "./runs";
import styles from "./workspace.module.css";

const Legend = lazy(() => import("./Legend"));

/** Widths are asked for in steps, so that dragging a divider doesn't ask for every pixel. */
const WIDTH_STEP_PX = 100;
/** Part of the range asked for beyond either edge, so that lines reach the frame. */
const BEYOND = 0.05;

/** Groups that one question may hold. */
const MAX_GROUPS = 200;
/** How much finer than pixels an axis is read that isn't drawn evenly. */
const FINER = 4;

export const LinePanel = memo(function LinePanel({
  place,
  spec,
  look,
  stream,
  drawn: runs,
  metrics,
  base,
  widthPx,
  full,
  onPick,
}: PanelProps & {
  /** What most charts run over. */
  base: XAxis;
  onPick: (run: string) => void;
}) {
  const actions = usePanelActions();
  const { log, clip } = look;
  const baseline = useView((view) => view.baseline);
  const grouped = useDrawnGroups(place, look.group);
  const drawn = look.group.length > 0 ? grouped.drawn : runs;
  const drawing = useMemo(() => drawingOf(spec.options, metrics), [spec.options, metrics]);
  const metric = metrics.find(({ key }) => key === drawing.read[0]);
  const x = axisOfMetric(stream, metric, look);
  const percent = x === "percent";
  const title = spec.title;
  const box = useRef<HTMLElement>(null);
  const [outside, setOutside] = useState(0);
  const near = useNear(box) || full === true;
  const zoomed = usePanelZoom(near);
  // A range is of the axis that it was chosen on.
  const zoom = x === (zoomed.zoomed ?? base) ? zoomed.zoom : null;
  // A panel and its full screen twin are two: closing one must not silence the other.
  const panel = `${full ? "full" : "grid"}/${spec.id}`;
  const restedZoom = useRested(zoom, 120);
  const asked = useMemo(() => {
    const span = restedZoom ? restedZoom[1] - restedZoom[0] : 0;
    const shown: [number, number] | null = restedZoom
      ? [restedZoom[0] - span * BEYOND, restedZoom[1] + span * BEYOND]
      : null;
    const lasts = drawn.map(({ row }) => row.last_step ?? 0).filter((step) => step > 0);
    const range: [number, number] | null =
      shown && percent && lasts.length > 0
        ? [(Math.min(...lasts) * shown[0]) / 100, (Math.max(...lasts) * shown[1]) / 100]
        : shown;
    // Columns of a logarithmic axis get narrower in x to the left: ask for more of them than there are pixels.
    const fine = look.logX || (percent && shown) ? FINER : 1;
    const some = drawn.slice(0, look.draw ?? drawn.length);
    const groups = look.group.length > 0 && {
      groups: some.slice(0, MAX_GROUPS).map(({ row, runs = [] }) => ({ id: row.id, runs })),
      aggregate: look.aggregate,
      band: look.band,
    };
    return {
      place,
      runs: groups ? [] : some.map(({ row }) => row.id),
      ...groups,
      stream,
      x: percent ? "step" : x,
      range,
      widthPx: Math.ceil(Math.max(widthPx, 1) / WIDTH_STEP_PX) * WIDTH_STEP_PX * fine,
    };
  }, [place, drawn, stream, x, percent, restedZoom, widthPx, look]);
  const enabled = near && widthPx > 0 && drawn.length > 0;
  const { series, coarsened, settled, error } = usePanelSeries(asked, drawing.read, enabled);
  const lines = useMemo(
    () => linesOf(series, drawing, drawn, look, zoom, percent, baseline, stream === "history" && x === "step"),
    [series, drawing, drawn, look, zoom, percent, baseline, stream, x],
  );

  const names = useLineNames(look, drawn, x);
  const told = useMemo(() => drawnOf(lines, coarsened, log, outside), [lines, coarsened, log, outside]);
  const { marks } = spec;
  const titles = useMemo(() => ({ x: look.titleX, y: look.titleY }), [look.titleX, look.titleY]);

  useEffect(() => {
    if (!near) return;
    const shown = marks.filter(({ over }) => over === x);
    panelLines.set(panel, { title, x, lines, names, marks: shown, tip: look.tip, smooth: look.smooth, titles });
    if (full) return;
    reportPoints(panel, told);
  }, [panel, title, x, full, lines, names, marks, near, told, titles, look.tip, look.smooth]);
  useEffect(
    () => () => {
      panelLines.delete(panel);
      reportPoints(panel, null);
    },
    [panel],
  );

  // Menus weigh more than lines: they are made anew only when what they offer changes, not with every zoom.
  const isDrawn = lines.length > 0;
  const menu = useMemo(
    () =>
      isDrawn && (
        <>
          <MenuItem onSelect={() => markHere(panel, x)}>{t.marks.here}</MenuItem>
          {(["png", "svg", "csv"] as const).map((kind) => (
            <MenuItem key={kind} onSelect={() => void save(kind, panel, title, x)}>
              {t.arrange.saveAs(kind.toUpperCase())}
            </MenuItem>
          ))}
          <MenuItem onSelect={() => void copyChart(asked, drawing.read)}>{t.arrange.copyPython}</MenuItem>
        </>
      ),
    [isDrawn, panel, title, x, asked, drawing.read],
  );
  const buttons = useMemo(
    () =>
      stream === "history" && (
        <AxisMenu
          label={t.panels.axisOf(title)}
          trigger={<IconButton icon="axis" label={t.panels.axisOf(title)} />}
          axes={axesOf(stream)}
          metrics={metrics}
          chosen={spec.settings.x ?? null}
          own={t.panels.likeOthers}
          onChoose={(axis) => actions.change(spec, { settings: { ...spec.settings, x: axis ?? undefined } })}
        />
      ),
    [stream, title, metrics, spec, actions],
  );

  // Runs that have the metric, but no value of what it runs over beside it.
  const lacking = isKnownAxis(x) || zoom ? 0 : series.filter((one) => one.x.length === 0).length;
  const sunk = useMemo(() => (log ? new Set(lines.filter(reachesZero).map(({ run }) => run)).size : 0), [log, lines]);
  const sunkTitle = told.sunk > 0 ? t.truth.sunk(told.sunk, told.sunkOrMore) : undefined;
  const arrow = metric?.goal === "maximize" || metric?.goal === "max" ? " ↑" : metric?.goal ? " ↓" : "";
  const empty =
    drawn.length === 0 || (settled && lines.length === 0)
      ? zoom && drawn.length > 0
        ? t.panels.nothingInZoom
        : isKnownAxis(x)
          ? t.panels.nothingDrawn
          : t.panels.nothingOver(x)
      : error
        ? t.errors.failed(error.message || t.errors.unreachable)
        : null;
  return (
    <PanelFrame
      box={box}
      spec={spec}
      widthPx={widthPx}
      full={full}
      light={!near}
      tail={arrow}
      notes={
        <>
          {x !== base && (
            <span className={styles.panelNote} title={axisName(x)}>
              {t.panels.over(cutMiddle(axisName(x), 20))}
            </span>
          )}
          {drawing.more > 0 && <span className={styles.panelNote}>{t.arrange.moreMetrics(drawing.more)}</span>}
          {lacking > 0 && <span className={styles.panelNote}>{t.panels.lacking(lacking)}</span>}
          {log && (
            <span className={styles.panelNote} title={sunkTitle}>
              {sunk > 0 ? t.panels.logBelow(sunk) : t.panels.logNote}
            </span>
          )}
          {outside > 0 && <span className={styles.panelNote}>{t.panels.outside(outside)}</span>}
        </>
      }
      menu={menu}
      value={<PointedValue lines={lines} drawn={drawn} x={x} />}
      buttons={buttons}
    >
      <div className={legends.charted} data-legend={look.legend}>
        <div className={legends.titled}>
          {look.titleY && lines.length > 0 && <div className={legends.titleY}>{look.titleY}</div>}
          <div className={styles.plot}>
            {near && lines.length > 0 && (
              <Plot
                panel={panel}
                title={title}
                lines={lines}
                names={names}
                x={x}
                base={base}
                log={log}
                logX={look.logX}
                rangeX={look.rangeX}
                rangeY={look.rangeY}
                clip={clip}
                zoom={zoom}
                marks={marks}
                onMarks={(next) => actions.change(spec, { marks: next })}
                onPick={onPick}
                onOutside={setOutside}
              />
            )}
            {empty && <p className={styles.plotEmpty}>{empty}</p>}
          </div>
          {look.titleX && lines.length > 0 && <div className={legends.titleX}>{look.titleX}</div>}
        </div>
        {near && look.legend !== "none" && lines.length > 0 && (
          <Suspense fallback={null}>
            <Legend title={title} lines={lines} names={names} axis={x} />
          </Suspense>
        )}
      </div>
    </PanelFrame>
  );
});

/** Saves the chart; what writes files comes when somebody wants one. */
async function save(kind: "png" | "svg" | "csv", panel: string, title: string, x: XAxis): Promise<void> {
  const { saveChart } = await import("./saveChart");
  await saveChart(kind, panel, title, x);
}

/** Copies a script that reads what the chart draws. */
async function copyChart(asked: SeriesAsked, keys: readonly string[]): Promise<void> {
  const { copyChartScript } = await import("./saveChart");
  await copyChartScript(asked, keys);
}

/** Asks for a mark where the cursor is, or in the middle of what is shown. */
function markHere(panel: string, axis: XAxis): void {
  const plot = panelPlots.get(panel);
  if (!plot) return;
  const [from, to] = plot.shownX;
  const pointer = pointerStore.getState();
  const isThere = pointer.axis === axis && pointer.x !== null && pointer.x >= from && pointer.x <= to;
  const x = isThere ? pointer.x! : (from + to) / 2;
  const box = plot.box;
  chooseMark({ panel, x, clientX: box.left + (plot.placeOf(x) ?? 0), clientY: box.top + 8 });
}

/** The highlighted run's value under the cursor, or its last one. */
function PointedValue({ lines, drawn, x: axis }: { lines: DrawnLine[]; drawn: DrawnRun[]; x: XAxis }) {
  const run = useStore(pointerStore, (pointer) => pointer.run);
  const x = useStore(pointerStore, (pointer) => (pointer.run && pointer.axis === axis ? pointer.x : null));
  const line = run ? lines.find((one) => one.run === run) : undefined;
  if (!line || line.x.length === 0) return <span className={styles.panelValue} />;
  const span = line.x[line.x.length - 1]! - line.x[0]!;
  const value = x === null ? line.y[line.y.length - 1]! : valueAt(line, x, span / 50)?.y;
  if (value === undefined) return <span className={styles.panelValue} />;
  return (
    <span className={styles.panelValue}>
      <Swatch look={drawn.find(({ row }) => row.id === run)?.look} />
      {figure(value)}
    </span>
  );
}
