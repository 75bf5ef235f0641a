/** Ranges of axes: what the lines need, with air around it, under what the reader set. */

/** A range of which either end may be left to the lines. */
export type OpenRange = readonly [number | null, number | null];

/** Puts an open range over one, as far as that makes a range; a logarithmic one stays above zero. */
export function within([low, high]: [number, number], open: OpenRange | null, log: boolean): [number, number] {
  let from = open?.[0] ?? low;
  let to = open?.[1] ?? high;
  if (log && from <= 0) from = low > 0 ? low : Math.min(Math.max(to, 0) || 1, 1) / 1000;
  if (log && to <= from) to = from * 10;
  if (to <= from) [from, to] = [low, high];
  return [from, to];
}

/** Gives a range some air, and a flat line a middle to lie in. */
export function padded([low, high]: [number, number], log: boolean): [number, number] {
  if (log) {
    const air = (high / low) ** 0.05;
    return high > low ? [low / air, high * air] : [low / 2, high * 2];
  }
  if (high === low) {
    const half = Math.abs(high) * 0.1 || 0.5;
    return [low - half, high + half];
  }
  const air = (high - low) * 0.05;
  // A loss or a share that never goes below zero doesn't get an axis that does.
  return [low >= 0 && low - air < 0 ? 0 : low - air, high + air];
}

/**
 * Gives the function from values to pixels along an axis.
 *
 * @param start where the range's first value lies. @param length pixels to its last; negative: upwards.
 */
export function placer(
  [from, to]: readonly [number, number],
  start: number,
  length: number,
  log: boolean,
): (value: number) => number {
  const origin = log ? Math.log(from) : from;
  const scale = length / ((log ? Math.log(to) : to) - origin);
  return log ? (value) => start + (Math.log(value) - origin) * scale : (value) => start + (value - origin) * scale;
}
