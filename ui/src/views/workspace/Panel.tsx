/** One chart of one metric over the drawn runs. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { memo, useEffect, useMemo, useRef, useState } from "react";
import { useStore } from "zustand";
import type { DrawnLine } from "../../chart/drawing";
import type { Place } from "../../net/projects";
import type { Metric, Stream } from "../../net/shapes";
import { figure } from "../../series/format";
import { valueAt } from "../../series/join";
import { lineOf } from "../../series/line";
import { cutMiddle } from "../../series/names";
import { axesOf, isKnownAxis, withAxis } from "../../state/axes";
import { pointerStore } from "../../state/pointer";
import { seriesQuery } from "../../state/seriesCache";
import { DASHES } from "../../state/slots";
import { changeView, viewStore, type XAxis } from "../../state/view";
import { t } from "../../texts";
import { IconButton } from "../parts/Controls";
import { useNear, useRested } from "../parts/hooks";
import { Swatch } from "../parts/RunMarks";
import { AxisMenu, axisName } from "./AxisMenu";
import { LINE_ENDS, Plot } from "./Plot";
import { panelLines, reportPoints } from "./panelLines";
import type { DrawnRun } from "./runs";
import styles from "./workspace.module.css";

/** Widths are asked for in steps, so that dragging a divider doesn't ask for every pixel. */
const WIDTH_STEP_PX = 100;
/** Part of the range asked for beyond either edge, so that lines reach the frame. */
const BEYOND = 0.05;

export const Panel = memo(function Panel({
  place,
  metric,
  stream,
  drawn,
  metrics,
  x,
  base,
  log,
  clip,
  smooth,
  zoom,
  widthPx,
  full,
  onPick,
}: {
  place: Place;
  metric: Metric;
  stream: Stream;
  drawn: DrawnRun[];
  /** All of them, which it may run over. */
  metrics: Metric[];
  x: XAxis;
  /** What most charts run over. */
  base: XAxis;
  log: boolean;
  clip: boolean;
  smooth: number;
  zoom: [number, number] | null;
  widthPx: number;
  full?: boolean;
  onPick: (run: string) => void;
}) {
  const box = useRef<HTMLElement>(null);
  const [outside, setOutside] = useState(0);
  const near = useNear(box) || full === true;
  // A panel and its full screen twin are two: closing one must not silence the other.
  const panel = `${full ? "full" : "grid"}/${stream}/${metric.key}`;
  const restedZoom = useRested(zoom, 120);
  const asked = useMemo(() => {
    const span = restedZoom ? restedZoom[1] - restedZoom[0] : 0;
    const range: [number, number] | null = restedZoom
      ? [restedZoom[0] - span * BEYOND, restedZoom[1] + span * BEYOND]
      : null;
    return {
      place,
      runs: drawn.map(({ row }) => row.id),
      stream,
      x,
      range,
      widthPx: Math.ceil(Math.max(widthPx, 1) / WIDTH_STEP_PX) * WIDTH_STEP_PX,
    };
  }, [place, drawn, stream, x, restedZoom, widthPx]);
  const answer = useQuery({
    ...seriesQuery(asked, metric.key),
    enabled: near && widthPx > 0 && drawn.length > 0,
    placeholderData: keepPreviousData,
  });

  const lines = useMemo((): DrawnLine[] => {
    const looks = new Map(drawn.map((run) => [run.row.id, run]));
    const series = answer.data?.series ?? [];
    let from = Number.POSITIVE_INFINITY;
    let to = Number.NEGATIVE_INFINITY;
    for (const one of series) {
      if (one.x.length === 0) continue;
      from = Math.min(from, one.x[0]!);
      to = Math.max(to, one.x[one.x.length - 1]!);
    }
    const span = zoom ? zoom[1] - zoom[0] : to - from;
    return series.flatMap((one) => {
      const run = looks.get(one.run);
      if (!run || one.x.length === 0) return [];
      const { hue, dash } = run.look;
      return [{ ...lineOf(one, smooth, span), hue, dash: DASHES[dash]!, end: LINE_ENDS[run.row.state] }];
    });
  }, [answer.data, drawn, smooth, zoom]);

  const names = useMemo(() => new Map(drawn.map(({ row }) => [row.id, row.name])), [drawn]);

  useEffect(() => {
    if (!near) return;
    panelLines.set(panel, { title: metric.key, x, lines, names });
    if (full) return;
    reportPoints(panel, {
      points: lines.reduce((sum, line) => sum + line.total, 0),
      coarsened: answer.data?.coarsened ?? false,
    });
  }, [panel, metric.key, x, full, lines, names, near, answer.data]);
  useEffect(
    () => () => {
      panelLines.delete(panel);
      reportPoints(panel, null);
    },
    [panel],
  );

  // Runs that have the metric, but no value of what it runs over beside it.
  const lacking = isKnownAxis(x) || zoom ? 0 : (answer.data?.series ?? []).filter((one) => one.x.length === 0).length;
  const arrow = metric.goal === "maximize" || metric.goal === "max" ? " ↑" : metric.goal ? " ↓" : "";
  const empty =
    drawn.length === 0 || (answer.isSuccess && !answer.isPlaceholderData && lines.length === 0)
      ? zoom && drawn.length > 0
        ? t.panels.nothingInZoom
        : isKnownAxis(x)
          ? t.panels.nothingDrawn
          : t.panels.nothingOver(x)
      : answer.isError
        ? t.errors.failed(answer.error.message || t.errors.unreachable)
        : null;
  return (
    <section ref={box} className={styles.panel} aria-label={metric.key} data-panel={metric.key}>
      <header className={styles.panelHead}>
        <h2 title={metric.key}>
          {cutMiddle(metric.key, full ? 120 : Math.max(Math.floor((widthPx - 150) / 7), 16), 12)}
          {arrow}
        </h2>
        {x !== base && (
          <span className={styles.panelNote} title={axisName(x)}>
            {t.panels.over(cutMiddle(axisName(x), 20))}
          </span>
        )}
        {lacking > 0 && <span className={styles.panelNote}>{t.panels.lacking(lacking)}</span>}
        {log && <span className={styles.panelNote}>{t.panels.logNote}</span>}
        {outside > 0 && <span className={styles.panelNote}>{t.panels.outside(outside)}</span>}
        <PointedValue lines={lines} drawn={drawn} x={x} />
        {!full && (
          <span className={styles.panelButtons}>
            {stream === "history" && (
              <AxisMenu
                label={t.panels.axisOf(metric.key)}
                trigger={<IconButton icon="axis" label={t.panels.axisOf(metric.key)} />}
                axes={axesOf(stream)}
                metrics={metrics}
                chosen={viewStore.getState().axes[metric.key] ?? null}
                own={t.panels.likeOthers}
                onChoose={(axis) => changeView({ axes: withAxis(viewStore.getState().axes, metric.key, axis) })}
              />
            )}
            <IconButton
              icon="expand"
              label={t.panels.fullscreen(metric.key)}
              onClick={() => changeView({ focus: metric.key })}
            />
          </span>
        )}
      </header>
      <div className={styles.plot}>
        {near && lines.length > 0 && (
          <Plot
            panel={panel}
            title={metric.key}
            lines={lines}
            names={names}
            x={x}
            base={base}
            log={log}
            clip={clip}
            zoom={zoom}
            onPick={onPick}
            onOutside={setOutside}
          />
        )}
        {empty && <p className={styles.plotEmpty}>{empty}</p>}
      </div>
    </section>
  );
});

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
