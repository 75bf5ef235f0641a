/** How values of a group spread: what a bar with whiskers and a box show. */
export interface Spread {
  n: number;
  mean: number;
  min: number;
  max: number;
  /** Of a sample; 0 for one value. */
  std: number;
  q1: number;
  median: number;
  q3: number;
}

/** Gives the value below which a share of sorted values lies, between neighbours (the usual type 7). */
export function quantile(sorted: readonly number[], share: number): number {
  const at = (sorted.length - 1) * share;
  const low = Math.floor(at);
  const high = Math.min(low + 1, sorted.length - 1);
  return sorted[low]! + (sorted[high]! - sorted[low]!) * (at - low);
}

/** Describes finite values; null if there are none. */
export function spreadOf(values: readonly number[]): Spread | null {
  const sorted = values.filter(Number.isFinite).sort((a, b) => a - b);
  const n = sorted.length;
  if (n === 0) return null;
  const mean = sorted.reduce((sum, value) => sum + value, 0) / n;
  const square = sorted.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  return {
    n,
    mean,
    min: sorted[0]!,
    max: sorted[n - 1]!,
    std: n > 1 ? Math.sqrt(square / (n - 1)) : 0,
    q1: quantile(sorted, 0.25),
    median: quantile(sorted, 0.5),
    q3: quantile(sorted, 0.75),
  };
}
