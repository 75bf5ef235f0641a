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

/** What the middle of a name that is cut twice takes of its room. */
const MIDDLE = 0.45;

/**
 * Cuts a name to the room of `length` Latin characters so that it still differs from its neighbours: where the part
 * that differs is what would be cut, the name is cut before and behind it.
 *
 * @param at index of the first character that no neighbour shares (`partings`).
 */
export function cutApart(name: string, length: number, tail: number, at: number | undefined): string {
  const cut = cutMiddle(name, length, tail);
  if (at === undefined || cut === name) return cut;
  const gap = cut.lastIndexOf("…");
  if (at < gap || at >= name.length - (cut.length - gap - 1)) return cut;
  const room = Math.max(Math.floor((length - 2) * MIDDLE), 1);
  const from = Math.max(at - Math.floor(room / 2), 1);
  const points = [...name.slice(from)];
  let middle = "";
  for (let used = 0; points.length > 0; middle += points.shift()) {
    used += widthOf(points[0]!);
    if (used > room && middle) break;
  }
  const outer = cutMiddle(name, length - room - 1, Math.min(tail, Math.floor((length - room - 2) / 2)));
  return outer.replace("…", `…${middle}…`);
}

/** Gives, for each of these names, the index of its first character that the most alike of the others doesn't share. */
export function partings(names: readonly string[]): Map<string, number> {
  const sorted = [...new Set(names)].sort();
  const shared = (one: string, other: string) => {
    let i = 0;
    while (i < one.length && one[i] === other[i]) i++;
    return i;
  };
  const found = new Map<string, number>();
  sorted.forEach((name, i) => {
    const next = i + 1 < sorted.length ? shared(name, sorted[i + 1]!) : 0;
    found.set(name, Math.max(found.get(name) ?? 0, next));
    if (i + 1 < sorted.length) found.set(sorted[i + 1]!, next);
  });
  return found;
}

/** Gives a metric's section: what stands before its last slash ("train/loss" → "train"), or "" without one. */
export function sectionOf(key: string): string {
  const slash = key.indexOf("/");
  return slash > 0 ? key.slice(0, slash) : "";
}

/** Orders names as people count: run-2 before run-10. */
export const byName = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" }).compare;
