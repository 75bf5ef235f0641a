/** Thins a line to a few points a pixel column without losing a peak: first, lowest, highest, last of each column. */

/**
 * Chooses the points of a line that matter at a width.
 *
 * @param x ascending. @param y same length.
 * @param widthPx pixel columns between `from` and `to`.
 * @param log whether columns are as wide as powers of x, not as x itself.
 * @returns ascending indexes, at most four a column; every index when there are few enough.
 */
export function decimate(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  from: number,
  to: number,
  widthPx: number,
  log = false,
): Uint32Array {
  const n = x.length;
  const place = log ? Math.log : (value: number) => value;
  const start = place(from);
  if (n <= widthPx * 4 || to <= from || !Number.isFinite(start)) return Uint32Array.from({ length: n }, (_, i) => i);
  const kept: number[] = [];
  const scale = widthPx / (place(to) - start);
  let column = Number.NaN;
  let first = 0;
  let low = 0;
  let high = 0;
  let last = -1;
  const flush = () => {
    if (last < 0) return;
    for (const index of [...new Set([first, low, high, last])].sort((a, b) => a - b)) kept.push(index);
  };
  for (let i = 0; i < n; i++) {
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
