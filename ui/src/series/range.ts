/** Ranges of an axis, zoomed and moved by keys. */

export type Range = [number, number];

/** A zoom ends here: one part of so many of the whole. */
const FINEST = 1e-4;

/**
 * Zooms by a factor (below 1: in) around a point, or around the middle when the point lies outside.
 *
 * @returns the range, inside the whole; null when it is the whole.
 */
export function zoomBy(range: Range | null, whole: Range, factor: number, around: number | null): Range | null {
  const [from, to] = range ?? whole;
  const [first, last] = whole;
  const width = Math.max((to - from) * factor, (last - first) * FINEST);
  if (!(last > first) || width >= last - first) return null;
  const at = around !== null && around >= from && around <= to ? around : (from + to) / 2;
  const share = to > from ? (at - from) / (to - from) : 0.5;
  const start = Math.min(Math.max(at - width * share, first), last - width);
  return [start, start + width];
}

/** Moves a range by a part of its width, inside the whole; null, the whole, stays. */
export function panBy(range: Range | null, whole: Range, share: number): Range | null {
  if (!range) return null;
  const width = range[1] - range[0];
  const start = Math.min(Math.max(range[0] + width * share, whole[0]), Math.max(whole[1] - width, whole[0]));
  return [start, start + width];
}
