/** Thins a line to a few points a pixel column without losing a peak: first, lowest, highest, last of each column. */
import { indexAt } from "./line";

/**
 * Chooses the points of a line that matter at a width: those between `from` and `to`, and the next beyond either.
 *
 * @param x ascending. @param y same length.
 * @param widthPx pixel columns between `from` and `to`.
 * @param log whether columns are as wide as powers of x, not as x itself.
 * @returns ascending indexes, at most four a column; every one of the range when there are few enough.
 */
export function decimate(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  from: number,
  to: number,
  widthPx: number,
  log = false,
): Uint32Array {
  const begin = Math.max(indexAt(x, from) - 1, 0);
  let end = indexAt(x, to);
  // Points at the last x, and one behind it.
  while (end < x.length && x[end]! <= to) end++;
  end = Math.min(end + 1, x.length);
  const n = end - begin;
  const place = log ? Math.log : (value: number) => value;
  const start = place(from);
  if (n <= widthPx * 4 || to <= from || !Number.isFinite(start)) {
    const all = new Uint32Array(n);
    for (let i = 0; i < n; i++) all[i] = begin + i;
    return all;
  }
  const kept: number[] = [];
  const scale = widthPx / (place(to) - start);
  let column = Number.NaN;
  let first = 0;
  let low = 0;
  let high = 0;
  let last = -1;
  const flush = () => {
    if (last < 0) return;
    const [one, other] = low < high ? [low, high] : [high, low];
    kept.push(first);
    if (one > first) kept.push(one);
    if (other > one) kept.push(other);
    if (last > other) kept.push(last);
  };
  for (let i = begin; i < end; i++) {
    const here = Math.floor((place(x[i]!) - start) * scale);
    if (here !== column) {
      flush();
      column = here;
      first = low = high = i;
    }
    // A NaN compares false, so it never wins; a gap survives as a column's first or last point.
    if (y[i]! < y[low]! || Number.isNaN(y[low]!)) low = i;
    if (y[i]! > y[high]! || Number.isNaN(y[high]!)) high = i;
    last = i;
  }
  flush();
  return Uint32Array.from(kept);
}
