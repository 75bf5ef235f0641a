/** Histograms: counts in bins, and many of them as a map of densities over one range of values. */
import { asNumber, type Json } from "./tagged";

export interface Histogram {
  counts: number[];
  /** One more than counts, ascending. */
  edges: number[];
}

/** Reads a logged histogram, packed bins too; null if it is none. */
export function readHistogram(value: { [key: string]: Json }): Histogram | null {
  const counts = Array.isArray(value.values) ? value.values.map((one) => asNumber(one) ?? 0) : [];
  let edges = Array.isArray(value.bins) ? value.bins.map((one) => asNumber(one) ?? Number.NaN) : [];
  const packed = value.packedBins;
  if (edges.length === 0 && typeof packed === "object" && packed !== null && !Array.isArray(packed)) {
    const [min, size, bins] = ["min", "size", "count"].map((name) => asNumber(packed[name]) ?? Number.NaN);
    edges = Number.isFinite(bins) ? Array.from({ length: bins! + 1 }, (_, i) => min! + size! * i) : [];
  }
  if (counts.length === 0 || edges.length !== counts.length + 1 || !edges.every(Number.isFinite)) return null;
  return { counts, edges };
}

/** Gives the range of values that histograms cover together; null if they cover none. */
export function rangeOf(histograms: Iterable<Histogram>): [number, number] | null {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const { counts, edges } of histograms) {
    if (!counts.some((n) => n > 0)) continue;
    low = Math.min(low, edges[0]!);
    high = Math.max(high, edges.at(-1)!);
  }
  if (low > high) return null;
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}

/**
 * Spreads a histogram over `rows` equal parts of a range, lowest first.
 *
 * @returns for each part the share of all counts that lies in it; a bin counts in the parts it covers, evenly.
 */
export function shares({ counts, edges }: Histogram, [low, high]: [number, number], rows: number): Float64Array {
  const out = new Float64Array(rows);
  const total = counts.reduce((sum, n) => sum + n, 0);
  if (total <= 0 || high <= low) return out;
  const scale = rows / (high - low);
  counts.forEach((n, i) => {
    if (n <= 0) return;
    const from = (edges[i]! - low) * scale;
    const to = (edges[i + 1]! - low) * scale;
    const part = n / total;
    if (to <= from) {
      out[Math.min(Math.max(Math.floor(from), 0), rows - 1)]! += part;
      return;
    }
    for (let row = Math.max(Math.floor(from), 0); row < Math.min(Math.ceil(to), rows); row++) {
      out[row]! += (part * (Math.min(to, row + 1) - Math.max(from, row))) / (to - from);
    }
  });
  return out;
}
