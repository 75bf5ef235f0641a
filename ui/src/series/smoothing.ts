/** Smoothing: an exponential mean that weighs by distance on x, so that sparse and dense stretches smooth alike. */

/** The shown range counts as this many units of distance, so that one weight looks the same on every x axis. */
const RANGE_UNITS = 1000;

/**
 * Smooths a series by a time-weighted, debiased exponential moving average.
 *
 * @param x ascending.
 * @param y same length; NaN stays NaN and doesn't disturb its neighbours.
 * @param weight 0 (nothing) up to, not including, 1.
 * @param span length of the x range that the reader sees; it scales distances.
 */
export function smooth(x: ArrayLike<number>, y: ArrayLike<number>, weight: number, span: number): Float64Array {
  const out = new Float64Array(y.length);
  if (weight <= 0 || y.length === 0) {
    for (let i = 0; i < y.length; i++) out[i] = y[i]!;
    return out;
  }
  const power = Math.min(Math.sqrt(weight), 0.9999);
  // A unit is never shorter than the mean gap between points: twenty epochs smooth too, not only a thousand steps.
  const ownSpan = x[x.length - 1]! - x[0]!;
  const scale = Math.min(span > 0 ? RANGE_UNITS / span : 1, ownSpan > 0 ? (x.length - 1) / ownSpan : 1);
  let sum = 0;
  let norm = 0;
  let lastX = x[0]!;
  for (let i = 0; i < y.length; i++) {
    const value = y[i]!;
    if (!Number.isFinite(value)) {
      out[i] = Number.NaN;
      continue;
    }
    // At least one step per point, so that many points in one place still average.
    const keep = power ** Math.max((x[i]! - lastX) * scale, norm === 0 ? 0 : 1);
    sum = sum * keep + value;
    norm = norm * keep + 1;
    lastX = x[i]!;
    out[i] = sum / norm;
  }
  return out;
}
