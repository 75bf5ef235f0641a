/** Rows of sizes: in the order of a column, with the share that a cell's bar shows. */

export interface SizeOrder<K extends string> {
  by: K;
  descending: boolean;
}

/** Gives the order after a press on a column's head: the other direction, or the natural one of another column. */
export function pressed<K extends string>(order: SizeOrder<K>, by: K, textKeys: readonly K[]): SizeOrder<K> {
  if (order.by === by) return { by, descending: !order.descending };
  return { by, descending: !textKeys.includes(by) };
}

/** Gives rows in the order of what `value` says of them; where that is the same, by name. */
export function inOrder<T>(
  rows: readonly T[],
  value: (row: T) => number | string,
  name: (row: T) => string,
  descending: boolean,
): T[] {
  const sign = descending ? -1 : 1;
  return [...rows].sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    const first =
      typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y), undefined, NATURAL);
    return sign * first || name(a).localeCompare(name(b), undefined, NATURAL);
  });
}

const NATURAL: Intl.CollatorOptions = { numeric: true, sensitivity: "base" };

/** Gives a part of the largest in percent; something is never drawn as nothing. */
export function share(value: number, largest: number): number {
  if (value <= 0 || largest <= 0) return 0;
  return Math.max(1, Math.min(100, (100 * value) / largest));
}

export interface Slice<K extends string> {
  key: K;
  bytes: number;
  /** In percent of the whole. */
  width: number;
}

/** Divides a disk: what is kept here by what it is, what else lies there, what is free. Together all of it. */
export function slices<K extends string>(
  total: number,
  free: number,
  kept: readonly (readonly [K, number])[],
): Slice<K | "others" | "free">[] {
  const others = Math.max(0, total - free - kept.reduce((sum, [, bytes]) => sum + bytes, 0));
  const parts: (readonly [K | "others" | "free", number])[] = [...kept, ["others", others], ["free", free]];
  const whole = Math.max(
    1,
    parts.reduce((sum, [, bytes]) => sum + bytes, 0),
  );
  return parts.filter(([, bytes]) => bytes > 0).map(([key, bytes]) => ({ key, bytes, width: (100 * bytes) / whole }));
}
