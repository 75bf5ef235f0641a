/** Names that don't fit: cut in the middle, so that the part that tells runs apart, the end, stays. */

/** Characters as wide as two of the Latin ones: Hangul, Han, kana and what stands among them, emoji. */
const WIDE =
  /[\u1100-\u115f\u2e80-\ua4cf\uac00-\ud7a3\uf900-\ufaff\uff00-\uff60\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]/u;

const widthOf = (point: string) => (WIDE.test(point) ? 2 : 1);

/**
 * Cuts a name in the middle to the room of at most `length` Latin characters, keeping `tail` characters at the end,
 * or as many of them as fit in half of the room.
 */
export function cutMiddle(name: string, length: number, tail = 6): string {
  const points = [...name];
  if (points.reduce((sum, point) => sum + widthOf(point), 0) <= length) return name;
  const end: string[] = [];
  let room = Math.max(length - 1, 2);
  const half = Math.max(room / 2, tail);
  for (let used = 0; end.length < tail && points.length > 1; ) {
    const width = widthOf(points.at(-1)!);
    if (used + width > half) break;
    used += width;
    room -= width;
    end.unshift(points.pop()!);
  }
  const start: string[] = [];
  for (const point of points) {
    room -= widthOf(point);
    if (room < 0 && start.length) break;
    start.push(point);
  }
  return `${start.join("")}…${end.join("")}`;
}

/** Gives a metric's section: what stands before its last slash ("train/loss" → "train"), or "" without one. */
export function sectionOf(key: string): string {
  const slash = key.indexOf("/");
  return slash > 0 ? key.slice(0, slash) : "";
}

/** Orders names as people count: run-2 before run-10. */
export const byName = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" }).compare;
