/** Turns a decoded series into what is drawn: one line, its min–max band, and where it isn't a number. */
import type { NonFinite, Series } from "./frame";
import { type Smoothing, smooth } from "./smoothing";

export interface Line {
  run: string;
  key: string;
  x: Float64Array;
  /** The line itself, smoothed if asked for; NaN where nothing finite is. */
  y: ArrayLike<number>;
  /** Lowest and highest logged value at each x; null where each is one exact point and nothing is smoothed. */
  low: ArrayLike<number> | null;
  high: ArrayLike<number> | null;
  /** What was logged, drawn faintly behind a smoothed line. */
  faint?: ArrayLike<number>;
  badX: Float64Array;
  badKind: ArrayLike<number>;
  total: number;
  nonFinite: NonFinite;
}

export interface LineLook {
  /** Smoothing, 0 to 1. */
  smooth: number;
  smoothing?: Smoothing;
  /** Whether what was logged stays behind a smoothed line, as its band. */
  original?: boolean;
}

/**
 * Makes a line of a series.
 *
 * Unsmoothed, a bucket is drawn at its last value, an exactly logged one; smoothed, at the mean of all its points.
 *
 * @param span length of the shown x range.
 */
export function lineOf(series: Series, { smooth: weight, smoothing, original = true }: LineLook, span: number): Line {
  const { run, key, x, badX, badKind, total, nonFinite } = series;
  const shared = { run, key, x, badX, badKind, total, nonFinite };
  if (series.group && !series.bucketed) {
    const { low, high } = series.group;
    const y = smooth(x, series.y, weight, span, smoothing);
    return { ...shared, y, low: low.length > 0 ? low : null, high: high.length > 0 ? high : null };
  }
  if (series.bucketed) {
    const y = weight > 0 ? smooth(x, series.mean, weight, span, smoothing) : series.last;
    const band = weight === 0 || original;
    return { ...shared, y, low: band ? series.min : null, high: band ? series.max : null };
  }
  if (weight > 0) {
    const y = smooth(x, series.y, weight, span, smoothing);
    return { ...shared, y, low: null, high: null, faint: original ? series.y : undefined };
  }
  return { ...shared, y: series.y, low: null, high: null };
}

/** Gives a line in another unit. */
export function scaled(line: Line, by: number): Line {
  if (by === 1) return line;
  const times = (values: ArrayLike<number>) => Float64Array.from(values, (value) => value * by);
  return {
    ...line,
    y: times(line.y),
    low: line.low && times(line.low),
    high: line.high && times(line.high),
    faint: line.faint && times(line.faint),
  };
}

/** Whether a line has a value that a logarithmic axis has no place for. */
export function reachesZero({ y, low }: Line): boolean {
  const least = low ?? y;
  for (let i = 0; i < least.length; i++) if (least[i]! <= 0) return true;
  return false;
}

/**
 * Counts the values that a logarithmic axis has no place for. Where several values stand behind a point, one of them at
 * least is meant: then there are so many or more.
 */
export function countSunk({ y, faint = y, low, high }: Line): { values: number; orMore: boolean } {
  let values = 0;
  let orMore = false;
  for (let i = 0; i < faint.length; i++) {
    if (!((low ? low[i]! : faint[i]!) <= 0)) continue;
    // -∞ has a mark of its own.
    if (!low && faint[i] === Number.NEGATIVE_INFINITY) continue;
    values++;
    orMore ||= low !== null && low[i] !== high?.[i];
  }
  return { values, orMore };
}

/** Gives the smallest range that holds every finite value of the lines between two x, or null if there is none. */
export function rangeOf(lines: Iterable<Line>, from: number, to: number, positive: boolean): [number, number] | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const line of lines) {
    const first = Math.max(indexAt(line.x, from) - 1, 0);
    for (let i = first; i < line.x.length; i++) {
      const value = line.y[i]!;
      if (Number.isFinite(value) && (!positive || value > 0)) {
        if (value < low) low = value;
        if (value > high) high = value;
      }
      if (line.x[i]! > to) break;
    }
  }
  return low <= high ? [low, high] : null;
}

/** Share of the values that a range without outliers keeps at either end. */
const KEPT_SHARE = 0.98;
/** Room left around them, as a share of their span. */
const OUTLIER_ROOM = 0.25;

/**
 * Gives the range of most values between two x: the highest and lowest hundredth may lie outside of it.
 *
 * @returns null if there is no finite value; never wider than {@link rangeOf}.
 */
export function rangeOfMost(
  lines: Iterable<Line>,
  from: number,
  to: number,
  positive: boolean,
): [number, number] | null {
  const all = [...lines];
  const whole = rangeOf(all, from, to, positive);
  const values: number[] = [];
  for (const line of all) {
    for (let i = indexAt(line.x, from); i < line.x.length && line.x[i]! <= to; i++) {
      const value = line.y[i]!;
      if (Number.isFinite(value) && (!positive || value > 0)) values.push(value);
    }
  }
  if (!whole || values.length < 10) return whole;
  values.sort((a, b) => a - b);
  const low = values[Math.floor((values.length - 1) * (1 - KEPT_SHARE))]!;
  const high = values[Math.ceil((values.length - 1) * KEPT_SHARE)]!;
  const room = positive ? 0 : (high - low) * OUTLIER_ROOM;
  const range: [number, number] = [Math.max(whole[0], low - room), Math.min(whole[1], high + room)];
  return range[0] < range[1] ? range : whole;
}

/** Gives the index of the first element not below `value` (binary search); the length if there is none. */
export function indexAt(x: ArrayLike<number>, value: number): number {
  let low = 0;
  let high = x.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (x[middle]! < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Gives the index of the element nearest to `value`, or −1 when there are none. */
export function nearestIndex(x: ArrayLike<number>, value: number): number {
  if (x.length === 0) return -1;
  const after = indexAt(x, value);
  if (after === 0) return 0;
  if (after === x.length) return x.length - 1;
  return value - x[after - 1]! <= x[after]! - value ? after - 1 : after;
}
