/** Smoothing: four ways to see the trend behind the noise, by one weight that means about as much in each. */

export type Smoothing = "weighted" | "exponential" | "gaussian" | "mean";

/** The shown range counts as this many units of distance, so that one weight looks the same on every x axis. */
const RANGE_UNITS = 1000;
/** A Gaussian is cut where it has next to no weight left. */
const GAUSSIAN_REACH = 3;

/**
 * Smooths a series.
 *
 * `weighted` is an exponential mean that weighs by distance on x, so that sparse and dense stretches smooth alike;
 * `exponential` weighs by points, as TensorBoard does, debiased; `gaussian` and `mean` look to both sides, over as
 * many points as an exponential mean of that weight has behind it: (1 + w) / (1 − w).
 *
 * @param x ascending.
 * @param y same length; NaN stays NaN and doesn't disturb its neighbours.
 * @param weight 0 (nothing) up to, not including, 1.
 * @param span length of the x range that the reader sees; it scales the distances of `weighted`.
 */
export function smooth(
  x: ArrayLike<number>,
  y: ArrayLike<number>,
  weight: number,
  span: number,
  kind: Smoothing = "weighted",
): Float64Array {
  if (weight <= 0 || y.length === 0) return Float64Array.from(y);
  if (kind === "weighted") return byDistance(x, y, weight, span);
  if (kind === "exponential") return byPoints(y, weight);
  const points = (1 + weight) / (1 - weight);
  return kind === "mean" ? running(y, Math.max(Math.round((points - 1) / 2), 1)) : gaussian(y, points / 4);
}

function byDistance(x: ArrayLike<number>, y: ArrayLike<number>, weight: number, span: number): Float64Array {
  const out = new Float64Array(y.length);
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

function byPoints(y: ArrayLike<number>, weight: number): Float64Array {
  const out = new Float64Array(y.length);
  let mean = 0;
  let norm = 0;
  for (let i = 0; i < y.length; i++) {
    const value = y[i]!;
    if (!Number.isFinite(value)) {
      out[i] = Number.NaN;
      continue;
    }
    mean = mean * weight + (1 - weight) * value;
    norm = norm * weight + (1 - weight);
    out[i] = mean / norm;
  }
  return out;
}

/** The mean of each point and `half` finite neighbours to either side, fewer at the ends. */
function running(y: ArrayLike<number>, half: number): Float64Array {
  const out = new Float64Array(y.length).fill(Number.NaN);
  const at: number[] = [];
  for (let i = 0; i < y.length; i++) if (Number.isFinite(y[i]!)) at.push(i);
  // A moving sum instead of sums before each point: those of large and tiny values would not subtract well.
  let sum = 0;
  let from = 0;
  let to = 0;
  for (let k = 0; k < at.length; k++) {
    const reach = Math.min(half, k, at.length - 1 - k);
    while (to <= k + reach) sum += y[at[to++]!]!;
    while (from < k - reach) sum -= y[at[from++]!]!;
    while (from > k - reach) sum += y[at[--from]!]!;
    while (to > k + reach + 1) sum -= y[at[--to]!]!;
    out[at[k]!] = sum / (2 * reach + 1);
  }
  return out;
}

function gaussian(y: ArrayLike<number>, sigma: number): Float64Array {
  const out = new Float64Array(y.length).fill(Number.NaN);
  const at: number[] = [];
  for (let i = 0; i < y.length; i++) if (Number.isFinite(y[i]!)) at.push(i);
  const reach = Math.max(Math.ceil(sigma * GAUSSIAN_REACH), 1);
  const kernel = Float64Array.from({ length: reach + 1 }, (_, d) => Math.exp((-d * d) / (2 * sigma * sigma)));
  for (let k = 0; k < at.length; k++) {
    let sum = 0;
    let norm = 0;
    for (let j = Math.max(k - reach, 0); j <= Math.min(k + reach, at.length - 1); j++) {
      const part = kernel[Math.abs(j - k)]!;
      sum += part * y[at[j]!]!;
      norm += part;
    }
    out[at[k]!] = sum / norm;
  }
  return out;
}
