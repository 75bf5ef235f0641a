/** How a line chart's axes look and what stands at them. */
import type uPlot from "uplot";
import { axisLabels, durationLabels, durationSplits, logLabels, logSplits } from "../series/ticks";
import type { Ink } from "./ink";

export type AxisKind = "number" | "duration" | "time" | "percent";

/** uPlot counts from the range's edge, which is no round number here. */
const LOGARITHMIC: Partial<uPlot.Axis> = {
  splits: (_u, _index, from, to) => logSplits(from, to),
  filter: (_u, splits) => splits,
};

/** Gives the axes of x and y. */
export function axesOf({
  axis,
  ink,
  log,
  logX,
}: {
  axis: AxisKind;
  ink: Ink;
  log: boolean;
  logX: boolean;
}): uPlot.Axis[] {
  const label = (values: number[]) => (log ? logLabels(values) : axisLabels(values));
  const labelsOfX = (values: number[]) =>
    axis === "duration"
      ? durationLabels(values)
      : axis === "percent"
        ? values.map((value) => `${value} %`)
        : logX
          ? logLabels(values)
          : axisLabels(values);
  return [
    {
      stroke: ink.label,
      font: ink.font,
      size: 22,
      gap: 4,
      grid: { stroke: ink.grid, width: 1 },
      ticks: { show: false },
      border: { show: true, stroke: ink.axis, width: 1 },
      space: 64,
      ...(axis === "time" ? {} : { values: (_, values) => labelsOfX(values) }),
      ...(logX ? LOGARITHMIC : {}),
      ...(axis === "duration" && !logX
        ? {
            splits: (u: uPlot, _index: number, from: number, to: number) =>
              durationSplits(from, to, Math.max(u.width / 100, 2)),
          }
        : {}),
    },
    {
      stroke: ink.label,
      font: ink.font,
      size: (_u, values) => Math.max(...(values ?? []).map((value) => value?.length ?? 0), 2) * 6.4 + 12,
      gap: 6,
      grid: { stroke: ink.grid, width: 1 },
      ticks: { show: false },
      space: 34,
      values: (_, values) => label(values),
      ...(log ? LOGARITHMIC : {}),
    },
  ];
}
