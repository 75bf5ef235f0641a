/** Joins lines at one x: what each of them is worth there, for the tooltip and the panel heads. */
import { indexAt, type Line, nearestIndex } from "./line";

export interface ValueAt<L extends Line = Line> {
  run: string;
  line: L;
  /** x of the point used. */
  x: number;
  y: number;
  index: number;
}

/**
 * Gives the value of a line at an x: that of the nearest point.
 *
 * @returns null where the line doesn't reach: before its first or behind its last point (beyond `reach`).
 */
export function valueAt<L extends Line>(line: L, x: number, reach: number): ValueAt<L> | null {
  const index = nearestIndex(line.x, x);
  if (index < 0) return null;
  const there = line.x[index]!;
  const beyond = x < line.x[0]! - reach || x > line.x[line.x.length - 1]! + reach;
  if (beyond) return null;
  return { run: line.run, line, x: there, y: line.y[index]!, index };
}

/**
 * Joins lines at an x and orders them by value, highest first; those without a number there come last.
 */
export function joinAt<L extends Line>(lines: Iterable<L>, x: number, reach: number): ValueAt<L>[] {
  const found: ValueAt<L>[] = [];
  for (const line of lines) {
    const value = valueAt(line, x, reach);
    if (value) found.push(value);
  }
  return found.sort((a, b) => (Number.isNaN(a.y) ? 1 : Number.isNaN(b.y) ? -1 : b.y - a.y));
}

/** Keeps the `count` values nearest to `y`, in the order they came. */
export function nearestTo<L extends Line>(values: ValueAt<L>[], y: number, count: number): ValueAt<L>[] {
  if (values.length <= count) return values;
  const distance = (value: ValueAt<L>) => (Number.isNaN(value.y) ? Number.POSITIVE_INFINITY : Math.abs(value.y - y));
  const kept = new Set([...values].sort((a, b) => distance(a) - distance(b)).slice(0, count));
  return values.filter((value) => kept.has(value));
}

/** Linear position of a line between its points, for hit tests; NaN outside of it or beside a gap. */
export function interpolate(line: Line, x: number): number {
  const after = indexAt(line.x, x);
  if (after === 0) return line.x.length > 0 && line.x[0] === x ? line.y[0]! : Number.NaN;
  if (after === line.x.length) return Number.NaN;
  const x0 = line.x[after - 1]!;
  const x1 = line.x[after]!;
  const share = x1 > x0 ? (x - x0) / (x1 - x0) : 1;
  return line.y[after - 1]! + (line.y[after]! - line.y[after - 1]!) * share;
}
