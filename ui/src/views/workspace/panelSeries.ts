/** From what a line chart is asked to show to the lines that are drawn: metrics, patterns and formulas over runs. */
import { useQueries } from "@tanstack/react-query";
import { useMemo, useRef } from "react";
import type { Branch } from "../../chart/branch";
import type { DrawnLine } from "../../chart/drawing";
import type { SeriesAnswer, SeriesAsked } from "../../net/metrics";
import type { Metric, RunRow } from "../../net/shapes";
import { type Formula, overRun, readFormula } from "../../series/formula";
import { ALL_FINITE, type Exact, type Series } from "../../series/frame";
import type { Layout } from "../../series/layout";
import { lineOf, scaled } from "../../series/line";
import { byName } from "../../series/names";
import { asNumber, type Json } from "../../series/tagged";
import type { PanelLook } from "../../state/panelLook";
import { groupSeriesQuery, seriesQuery } from "../../state/seriesCache";
import { DASHES } from "../../state/slots";
import { LINE_ENDS } from "./Plot";
import type { DrawnRun } from "./runs";

/** Metrics that one chart draws at most; beyond it, it says so. */
export const MAX_KEYS = 24;

const texts = (value: Json | undefined): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];

/** Gives the metrics that a line chart names itself. */
export const keysOf = (options: Record<string, Json>): string[] => texts(options.keys);

export interface Drawing {
  /** Metrics drawn as they are. */
  keys: string[];
  /** How many more match the pattern. */
  more: number;
  formulas: { text: string; formula: Formula }[];
  /** Everything that has to be read. */
  read: string[];
  /** What logged values are multiplied by: the unit of the title is not always theirs. */
  scale: number;
  /** What metrics are called beside each other, where that is not their key. */
  labels: Readonly<Record<string, Json | undefined>>;
}

const NO_LABELS = {};

/** Gives what a line chart draws: its metrics, those that its pattern matches, its formulas. */
export function drawingOf(options: Record<string, Json>, metrics: Metric[]): Drawing {
  const named = keysOf(options);
  const pattern = typeof options.pattern === "string" ? options.pattern : "";
  let matching: string[] = [];
  if (pattern) {
    try {
      const wanted = new RegExp(pattern);
      matching = metrics.map(({ key }) => key).filter((key) => wanted.test(key) && !named.includes(key));
    } catch {
      // Not a pattern yet: somebody is typing it.
    }
  }
  const all = [...named, ...matching.sort(byName)];
  const keys = all.slice(0, MAX_KEYS);
  const formulas = texts(options.formulas).flatMap((text) => {
    try {
      return [{ text, formula: readFormula(text) }];
    } catch {
      return [];
    }
  });
  const referred = formulas.flatMap(({ formula }) =>
    formula.references.flatMap(({ of, key }) => (of === "metric" ? [key] : [])),
  );
  const { scale, labels } = options;
  return {
    keys,
    more: all.length - keys.length,
    formulas,
    read: [...new Set([...keys, ...referred])],
    scale: typeof scale === "number" ? scale : 1,
    labels: typeof labels === "object" && labels && !Array.isArray(labels) ? labels : NO_LABELS,
  };
}

/** Gives the columns of runs that formulas of a layout name: values of config and summary. */
export function constantsOf({ panels }: Layout): string[] {
  const drawings = Object.values(panels).map(({ options }) => drawingOf(options ?? {}, []));
  const named = drawings.flatMap(({ formulas }) => formulas.flatMap(({ formula }) => formula.references));
  return [...new Set(named.flatMap(({ of, key }) => (of === "metric" ? [] : [`${of}.${key}`])))].sort();
}

/**
 * Reads the series of a panel; `series` keeps its identity until an answer changes. Until another range or width is
 * answered, what was last read over the same axis stays: a chart that empties with every zoom can't be followed.
 */
export function usePanelSeries(asked: SeriesAsked, read: string[], enabled: boolean) {
  const axis = JSON.stringify([asked.stream, asked.x, asked.groups !== undefined]);
  const kept = useRef({ axis, answers: new Map<string, SeriesAnswer>() });
  if (kept.current.axis !== axis) kept.current = { axis, answers: new Map() };
  const answers = useQueries({
    queries: read.map((key) => ({
      ...(asked.groups ? groupSeriesQuery(asked, key) : seriesQuery(asked, key)),
      enabled,
      placeholderData: () => kept.current.answers.get(key),
    })),
  });
  answers.forEach(({ data: answer, isPlaceholderData }, at) => {
    if (answer && !isPlaceholderData) kept.current.answers.set(read[at]!, answer);
  });
  const data = answers.map((answer) => answer.data);
  const known = answers.map(({ dataUpdatedAt, isPlaceholderData }) => `${dataUpdatedAt}${isPlaceholderData}`).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: answers are new when they were read at another time.
  const series = useMemo(() => data.flatMap((answer) => answer?.series ?? []), [known, asked]);
  return {
    series,
    coarsened: data.some((answer) => answer?.coarsened),
    settled: answers.length > 0 && answers.every((one) => one.isSuccess && !one.isPlaceholderData),
    error: answers.find((one) => one.isError)?.error ?? null,
  };
}

/** Turns series of metrics into series of a formula, run by run. */
function formulaSeries(series: Series[], { text, formula }: Drawing["formulas"][number], drawn: DrawnRun[]): Series[] {
  return drawn.flatMap(({ row }) => {
    const points = new Map(
      formula.references.flatMap(({ of, key }, at) => {
        if (of !== "metric") return [];
        const found = series.find((one) => one.run === row.id && one.key === key);
        return [[at, found ? { x: found.x, y: found.bucketed ? found.mean : found.y } : null] as const];
      }),
    );
    const constants = new Map(
      formula.references.flatMap(({ of, key }, at) => {
        const value = of === "metric" ? null : asNumber(row.values[`${of}.${key}`]);
        return value === null ? [] : [[at, value] as const];
      }),
    );
    const found = overRun(formula, points, constants);
    if (!found) return [];
    const one: Exact & Series = {
      bucketed: false,
      run: row.id,
      key: text,
      x: found.x,
      y: found.y,
      total: found.x.length,
      nonFinite: ALL_FINITE,
      badX: new Float64Array(0),
      badKind: [],
    };
    return [one];
  });
}

/** Stretches a series over 0 to 100: how far its run had come. */
function asPercent(series: Series, lastStep: number | null): Series {
  const last = lastStep ?? series.x[series.x.length - 1] ?? 0;
  if (last <= 0) return series;
  const share = (x: Float64Array) => x.map((value) => (value / last) * 100);
  const scaled = { ...series, x: share(series.x), badX: share(series.badX) };
  return scaled.bucketed && series.bucketed ? { ...scaled, x0: share(series.x0) } : scaled;
}

/** Says where a run's own part begins on an axis of steps, or of their share of the last one. */
function branchOf({ parent, rewound_step, last_step }: RunRow, percent: boolean): Branch | undefined {
  const step = rewound_step ?? parent?.step;
  if (step == null || (percent && !last_step)) return undefined;
  const of = rewound_step == null ? (parent?.name ?? null) : null;
  return { kind: rewound_step == null ? "fork" : "rewind", x: percent ? (step / last_step!) * 100 : step, step, of };
}

/**
 * Makes the lines of a panel.
 *
 * @param steps whether they run over steps: where a run was forked is known as a step.
 */
export function linesOf(
  series: Series[],
  drawing: Drawing,
  drawn: DrawnRun[],
  look: PanelLook,
  zoom: [number, number] | null,
  percent: boolean,
  baseline: string | null,
  steps = false,
): DrawnLine[] {
  const runs = new Map(drawn.map((run) => [run.row.id, run]));
  const wanted = new Set(drawing.keys);
  let all = [
    ...series.filter((one) => wanted.has(one.key)),
    ...drawing.formulas.flatMap((formula) => formulaSeries(series, formula, drawn)),
  ];
  if (percent) all = all.map((one) => asPercent(one, runs.get(one.run)?.row.last_step ?? null));
  const names = [...drawing.keys, ...drawing.formulas.map(({ text }) => text)];
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const one of all) {
    if (one.x.length === 0) continue;
    from = Math.min(from, one.x[0]!);
    to = Math.max(to, one.x[one.x.length - 1]!);
  }
  const span = zoom ? zoom[1] - zoom[0] : to - from;
  return all.flatMap((one) => {
    const run = runs.get(one.run);
    if (!run || one.x.length === 0) return [];
    const { hue, dash } = run.look;
    // Colours tell runs apart, dashes the metrics of a run where a chart has several.
    const several = names.length > 1;
    return [
      {
        ...scaled(lineOf(one, look, span), drawing.scale),
        hue,
        dash: DASHES[several ? names.indexOf(one.key) % DASHES.length : dash]!,
        end: LINE_ENDS[run.row.state],
        label: several ? String(drawing.labels[one.key] ?? one.key) : undefined,
        baseline: one.run === baseline,
        branch: (steps || percent) && !run.runs ? branchOf(run.row, percent) : undefined,
      },
    ];
  });
}
