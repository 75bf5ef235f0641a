/** Sort keys of the list and the table: `-summary.val/acc,name`. */

export interface SortKey {
  key: string;
  descending: boolean;
}

export function readSort(sort: string): SortKey[] {
  return sort
    .split(",")
    .filter(Boolean)
    .map((part) => (part.startsWith("-") ? { key: part.slice(1), descending: true } : { key: part, descending: false }))
    .map(({ key, descending }) => ({ key: key.replaceAll("%2C", ",").replaceAll("%25", "%"), descending }));
}

export function writeSort(keys: SortKey[]): string {
  return keys
    .map(({ key, descending }) => `${descending ? "-" : ""}${key.replaceAll("%", "%25").replaceAll(",", "%2C")}`)
    .join(",");
}

/**
 * Sorts by a key after a click on its head: first the way that is more useful, then the other way, then the default.
 */
export function nextSort(sort: string, key: string, first: "up" | "down"): string {
  const [now] = readSort(sort);
  if (now?.key !== key) return writeSort([{ key, descending: first === "down" }]);
  return writeSort([{ key, descending: !now.descending }]);
}

/**
 * Sorts by a key behind those that are there: at first the useful way, then the other way, then not at all.
 */
export function addSort(sort: string, key: string, first: "up" | "down"): string {
  const keys = readSort(sort);
  const mine = keys.find((one) => one.key === key);
  const descending = first === "down";
  if (!mine) return writeSort([...keys, { key, descending }]);
  if (mine.descending === descending) {
    return writeSort(keys.map((one) => (one === mine ? { key, descending: !descending } : one)));
  }
  const others = keys.filter((one) => one !== mine);
  return writeSort(others.length > 0 ? others : [{ key, descending }]);
}

/** Says whether a key names a value of `values`, that is of config or summary. */
export function isValueKey(key: string): boolean {
  return key.startsWith("config.") || key.startsWith("summary.");
}

/** Gives a key without its room: `summary.val/acc` → `val/acc`. */
export function bareKey(key: string): string {
  return key.replace(/^(config|summary)\./, "");
}
