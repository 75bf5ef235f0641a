/** The least, the greatest and the last value of a metric, and where they were logged. Pure. */
import type { Series } from "./frame";

export const EXTREMES = ["last", "best", "min", "max"] as const;
export type Extreme = (typeof EXTREMES)[number];

export interface Place {
  value: number;
  /** x of the point. */
  x: number;
  /** The first x of the points that were joined to one; the point is between both. Equal to `x` where it is exact. */
  from: number;
}

/** Finds where a series is least, greatest, or last a finite number; null: it never is one. */
export function extremeOf(series: Series, which: "last" | "min" | "max"): Place | null {
  const { x } = series;
  const values = series.bucketed ? series[which === "last" ? "last" : which] : series.y;
  const from = series.bucketed && which !== "last" ? series.x0 : x;
  let best = -1;
  for (let i = 0; i < x.length; i++) {
    const value = values[i]!;
    if (!Number.isFinite(value)) continue;
    if (best < 0 || which === "last") best = i;
    else if (which === "min" ? value < values[best]! : value > values[best]!) best = i;
  }
  return best < 0 ? null : { value: values[best]!, x: x[best]!, from: from[best]! };
}

/** Says which value of a metric stands for it: what its rule calls the best, else what its summary keeps. */
export function bestOf(rule: { goal?: string; summary?: string[] } | undefined): "min" | "max" | "last" {
  if (rule?.goal) return rule.goal.startsWith("max") ? "max" : "min";
  const kept = rule?.summary ?? [];
  // "best" without a goal is the least, as the client has it.
  if (kept.includes("min") || kept.includes("best")) return kept.includes("max") ? "last" : "min";
  return kept.includes("max") ? "max" : "last";
}
