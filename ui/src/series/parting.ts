/** Where a run's metric parts from the baseline's. */
import type { Series } from "./frame";

export interface Points {
  x: ArrayLike<number>;
  y: ArrayLike<number>;
  /** Where each point begins, if it stands for several. */
  from?: ArrayLike<number>;
}

/** Points in a row that have to be apart: one outlier is no parting. */
export const PARTED_POINTS = 5;
/** How often the usual change from point to point a distance has to be: curves are noisy, each in its own measure. */
export const NOISE_TIMES = 3;
/** Share of the baseline's range that is no distance yet. */
const RANGE_SHARE = 0.01;

/** Gives a series as points; where it isn't finite, the value is NaN. */
export function pointsOf(series: Series): Points {
  const y = series.bucketed ? series.mean : series.y;
  const from = series.bucketed ? series.x0 : series.x;
  const known = new Set<number>(series.x);
  const rows = Array.from(series.x, (x, i) => [x, y[i]!, from[i]!] as const);
  for (const x of series.badX) if (!known.has(x)) rows.push([x, Number.NaN, x]);
  rows.sort((a, b) => a[0] - b[0]);
  return { x: rows.map((row) => row[0]), y: rows.map((row) => row[1]), from: rows.map((row) => row[2]) };
}

/** The median change between neighbouring points. */
function noiseOf({ y }: Points): number {
  const changes: number[] = [];
  for (let i = 1; i < y.length; i++) {
    const change = Math.abs(y[i]! - y[i - 1]!);
    if (Number.isFinite(change)) changes.push(change);
  }
  changes.sort((a, b) => a - b);
  return changes[changes.length >> 1] ?? 0;
}

function rangeOf({ y }: Points): number {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < y.length; i++) {
    if (!Number.isFinite(y[i]!)) continue;
    low = Math.min(low, y[i]!);
    high = Math.max(high, y[i]!);
  }
  return high > low ? high - low : 0;
}

/**
 * Gives the first x from which a run is apart from the baseline, `PARTED_POINTS` points in a row; null: it never is.
 *
 * Apart is more than `NOISE_TIMES` the usual change from point to point of the noisier of both, and more than 1 % of
 * the baseline's range; or not a finite number where the baseline has one, or the other way around. Where one of both
 * has no points, nothing is compared.
 */
export function partingOf(run: Points, baseline: Points): number | null {
  const tolerance = Math.max(NOISE_TIMES * Math.max(noiseOf(run), noiseOf(baseline)), RANGE_SHARE * rangeOf(baseline));
  const bx = baseline.x;
  const by = baseline.y;
  if (bx.length === 0) return null;
  let at = 0;
  let compared = 0;
  let apart = 0;
  let first = 0;
  let found: number | null = null;
  for (let i = 0; i < run.x.length; i++) {
    const x = run.x[i]!;
    if (x < bx[0]! || x > bx[bx.length - 1]!) continue;
    while (at + 1 < bx.length && bx[at + 1]! <= x) at++;
    let other = by[at]!;
    if (bx[at]! < x && at + 1 < bx.length) {
      const share = (x - bx[at]!) / (bx[at + 1]! - bx[at]!);
      other += (by[at + 1]! - other) * share;
    }
    compared++;
    const isGiven = Number.isFinite(run.y[i]!);
    const differs =
      isGiven && Number.isFinite(other) ? Math.abs(run.y[i]! - other) > tolerance : isGiven !== Number.isFinite(other);
    if (!differs) {
      apart = 0;
      continue;
    }
    if (apart === 0) first = (run.from ?? run.x)[i]!;
    apart++;
    if (apart >= PARTED_POINTS) {
      found = first;
      break;
    }
  }
  // A metric of a few points, an evaluation say: all of them are apart.
  return found ?? (apart > 0 && apart === compared ? first : null);
}
