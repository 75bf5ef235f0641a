/** Names that don't fit: cut in the middle, so that the part that tells runs apart, the end, stays. */

/**
 * Cuts a name in the middle to at most `length` characters, keeping `tail` at the end.
 */
export function cutMiddle(name: string, length: number, tail = 6): string {
  const points = [...name];
  if (points.length <= length) return name;
  const head = Math.max(length - tail - 1, 1);
  return `${points.slice(0, head).join("")}…${points.slice(-tail).join("")}`;
}

/** Gives a metric's section: what stands before its last slash ("train/loss" → "train"), or "" without one. */
export function sectionOf(key: string): string {
  const slash = key.indexOf("/");
  return slash > 0 ? key.slice(0, slash) : "";
}

/** Orders names as people count: run-2 before run-10. */
export const byName = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" }).compare;
