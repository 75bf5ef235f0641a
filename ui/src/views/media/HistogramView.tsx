/** A histogram over time: all steps as a heat map with a cursor, the chosen step's bars below. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { drawBars, drawHeatMap } from "../../chart/heatMap";
import { mediaRangeQuery } from "../../net/media";
import { type Histogram, rangeOf, readHistogram, shares } from "../../series/bins";
import { count, figure } from "../../series/format";
import { newestUpTo } from "../../series/steps";
import { t } from "../../texts";
import { useShade, useSize } from "../parts/hooks";
import { bookOf } from "../workspace/runs";
import heights from "./histogram.module.css";
import type { MediaProps } from "./kinds";
import styles from "./media.module.css";
import { usePanelSteps } from "./panelContext";

/** Steps drawn at most; of more, evenly many are. */
const COLUMNS = 160;
const ROWS = 64;
const LAST_STEP = Number.MAX_SAFE_INTEGER;

export default function HistogramView({ place, run, runName, mediaKey, step, value }: MediaProps) {
  const panel = usePanelSteps();
  const now = useMemo(() => readHistogram(value), [value]);
  const answer = useQuery({
    ...mediaRangeQuery(place, run, mediaKey, 0, LAST_STEP, COLUMNS),
    placeholderData: keepPreviousData,
  });
  const over = useMemo(
    () =>
      (answer.data?.values ?? []).flatMap((one) => {
        const histogram = readHistogram(one.value);
        return histogram ? [{ step: one.step, histogram }] : [];
      }),
    [answer.data],
  );
  const range = useMemo(
    () => rangeOf(now ? [...over.map(({ histogram }) => histogram), now] : over.map(({ histogram }) => histogram)),
    [over, now],
  );
  if (!now || !range) return <p className={styles.said}>{t.mediaPanels.noHistogram}</p>;
  const total = now.counts.reduce((sum, n) => sum + n, 0);
  const colour = `--run-${bookOf(place).look(run).hue}`;
  const move = (to: number) => {
    const found = newestUpTo(panel.steps, to) ?? panel.steps[0] ?? to;
    panel.move(found === panel.steps.at(-1) ? null : found);
  };
  return (
    <div className={heights.histogram}>
      {over.length > 1 && (
        <HeatMap
          over={over}
          range={range}
          step={step}
          colour={colour}
          label={t.mediaPanels.heatMap(mediaKey, runName, over.length)}
          onMove={move}
        />
      )}
      {answer.data?.thinned && over.length > 0 && (
        <small className={heights.thinned}>{t.mediaPanels.thinned(over.length)}</small>
      )}
      <Bars histogram={now} range={range} colour={colour} label={t.mediaPanels.bars(count(total), figure(step, 12))} />
      <div className={heights.edges}>
        <span>{figure(range[0], 3)}</span>
        <span>{t.mediaPanels.values(count(total))}</span>
        <span>{figure(range[1], 3)}</span>
      </div>
    </div>
  );
}

const ratioOf = () => Math.min(window.devicePixelRatio || 1, 2);
const colourOf = (token: string) => getComputedStyle(document.documentElement).getPropertyValue(token).trim();

function HeatMap({
  over,
  range,
  step,
  colour,
  label,
  onMove,
}: {
  over: { step: number; histogram: Histogram }[];
  range: [number, number];
  step: number;
  colour: string;
  label: string;
  onMove: (step: number) => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = useSize(box);
  const shade = useShade();
  const first = over[0]!.step;
  const last = over.at(-1)!.step;
  const columns = useMemo(() => {
    // The last column is as wide as those before it are on average.
    const end = last + (last - first) / Math.max(over.length - 1, 1);
    const span = Math.max(end - first, 1);
    return over.map((one, i) => ({
      from: (one.step - first) / span,
      to: ((over[i + 1]?.step ?? end) - first) / span,
      shares: shares(one.histogram, range, ROWS),
    }));
  }, [over, range, first, last]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the shade changes what the token's colour is.
  useEffect(() => {
    if (!canvas.current || width === 0) return;
    canvas.current.width = width * ratioOf();
    canvas.current.height = height * ratioOf();
    drawHeatMap(canvas.current, columns, colourOf(colour));
  }, [columns, width, height, colour, shade]);
  const at = columns[over.findLastIndex((one) => one.step <= step)];
  const [held, setHeld] = useState(false);
  const point = (event: React.PointerEvent) => {
    const { left, width: wide } = box.current!.getBoundingClientRect();
    const part = (event.clientX - left) / wide;
    const found = columns.findLastIndex(({ from }) => from <= part);
    onMove(over[Math.max(found, 0)]!.step);
  };
  return (
    <div className={heights.heat}>
      <span className={heights.heatY}>
        <span>{figure(range[1], 3)}</span>
        <span>{figure(range[0], 3)}</span>
      </span>
      <div
        ref={box}
        className={heights.heatBox}
        role="img"
        aria-label={label}
        onPointerDown={(event) => {
          setHeld(true);
          event.currentTarget.setPointerCapture(event.pointerId);
          point(event);
        }}
        onPointerMove={(event) => held && point(event)}
        onPointerUp={() => setHeld(false)}
      >
        <canvas ref={canvas} />
        {at && <i style={{ left: `${((at.from + at.to) / 2) * 100}%` }} />}
      </div>
    </div>
  );
}

function Bars({
  histogram: { counts, edges },
  range: [low, high],
  colour,
  label,
}: {
  histogram: Histogram;
  range: [number, number];
  colour: string;
  label: string;
}) {
  const box = useRef<HTMLDivElement>(null);
  const canvas = useRef<HTMLCanvasElement>(null);
  const { width, height } = useSize(box);
  const shade = useShade();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the shade changes what the token's colour is.
  useEffect(() => {
    if (!canvas.current || width === 0) return;
    canvas.current.width = width * ratioOf();
    canvas.current.height = height * ratioOf();
    const most = Math.max(...counts, 1e-300);
    const bars = counts.map((n, i) => ({
      from: (edges[i]! - low) / (high - low),
      to: (edges[i + 1]! - low) / (high - low),
      share: n / most,
    }));
    drawBars(canvas.current, bars, colourOf(colour));
  }, [counts, edges, low, high, width, height, colour, shade]);
  return (
    <div ref={box} className={heights.bars} role="img" aria-label={label} title={label}>
      <canvas ref={canvas} />
    </div>
  );
}
