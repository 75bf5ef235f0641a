/** A series as the path of a small picture, min and max of every pixel column in it. */
import { figure } from "./format";
import type { Series } from "./frame";

export interface Spark {
  path: string;
  /** Where it ends. */
  end: [number, number];
  first: string;
  last: string;
}

/**
 * Draws a series into so many pixels; null if it has no finite value.
 *
 * @param most top of an axis that begins at 0 and that curves share which are compared; without it, its own range.
 */
export function sparkPath(series: Series, widthPx: number, heightPx: number, most?: number): Spark | null {
  const { x } = series;
  const low = series.bucketed ? series.min : series.y;
  const high = series.bucketed ? series.max : series.y;
  const last = series.bucketed ? series.last : series.y;
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(low[i]!) || !Number.isFinite(high[i]!)) continue;
    min = Math.min(min, low[i]!);
    max = Math.max(max, high[i]!);
    from = Math.min(from, x[i]!);
    to = Math.max(to, x[i]!);
  }
  if (min > max) return null;
  if (most !== undefined) [min, max] = [Math.min(min, 0), Math.max(max, most)];
  const left = (at: number) => (to > from ? ((at - from) / (to - from)) * widthPx : widthPx / 2);
  const top = (value: number) => (max > min ? (1 - (value - min) / (max - min)) * heightPx : heightPx / 2);
  const round = (value: number) => Math.round(value * 10) / 10;
  const parts: string[] = [];
  let end: [number, number] = [0, 0];
  let firstValue = Number.NaN;
  let lastValue = Number.NaN;
  for (let i = 0; i < x.length; i++) {
    if (!Number.isFinite(low[i]!) || !Number.isFinite(high[i]!)) continue;
    const at = round(left(x[i]!));
    const value = Number.isFinite(last[i]!) ? last[i]! : high[i]!;
    const command = parts.length === 0 ? "M" : "L";
    if (low[i] !== high[i]) parts.push(`${command}${at} ${round(top(high[i]!))}L${at} ${round(top(low[i]!))}`);
    else parts.push(`${command}${at} ${round(top(value))}`);
    if (Number.isNaN(firstValue)) firstValue = value;
    lastValue = value;
    end = [at, round(top(value))];
  }
  // A single point is a short stroke, else nothing would be seen.
  const path = parts.length === 1 ? `M${end[0] - 1.5} ${end[1]}h3` : parts.join("");
  return { path, end, first: figure(firstValue), last: figure(lastValue) };
}
