/** Two texts line by line, in time that grows with what differs (Myers 1986), and what of it is worth showing. Pure. */

export interface LineChange {
  kind: "same" | "added" | "removed";
  text: string;
  /** Line number, from 1: in the newer text, of a removed line in the older one. */
  n: number;
  /** The older line that an equal one stands for, where it isn't the same letter by letter. */
  was?: { text: string; n: number };
}

/** Lines compared at most, each side. */
export const LINES_COMPARED = 20_000;
/** Lines that may differ; beyond it a common line is worth no more search: all in between was replaced. */
const EDITS = 2_000;

/** Gives a text's lines; a line break at the end begins none. */
export function linesOf(text: string): string[] {
  return text === "" ? [] : text.replace(/\r?\n$/, "").split(/\r?\n/);
}

/** Compares two texts by line: what both have in this order stays, the rest was removed or added. */
export function lineChanges(before: string, after: string): LineChange[] {
  return changesOf(linesOf(before), linesOf(after));
}

/** Compares lists of lines; two lines are one where `sameness` gives one text for both. */
export function changesOf(
  before: string[],
  after: string[],
  sameness: (line: string) => string = (line) => line,
): LineChange[] {
  const oldLines = before.slice(0, LINES_COMPARED);
  const newLines = after.slice(0, LINES_COMPARED);
  const numbers = new Map<string, number>();
  const numbered = (lines: string[]) =>
    Int32Array.from(lines, (line) => {
      const key = sameness(line);
      const known = numbers.get(key);
      if (known !== undefined) return known;
      numbers.set(key, numbers.size);
      return numbers.size - 1;
    });
  const a = numbered(oldLines);
  const b = numbered(newLines);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const kept = commonLines(a.subarray(head, a.length - tail), b.subarray(head, b.length - tail));
  const out: LineChange[] = [];
  const same = (i: number, j: number) => {
    const [text, old] = [newLines[j]!, oldLines[i]!];
    out.push({ kind: "same", text, n: j + 1, ...(text === old ? {} : { was: { text: old, n: i + 1 } }) });
  };
  for (let both = 0; both < head; both++) same(both, both);
  let i = head;
  let j = head;
  const upTo = (oldEnd: number, newEnd: number) => {
    for (; i < oldEnd; i++) out.push({ kind: "removed", text: oldLines[i]!, n: i + 1 });
    for (; j < newEnd; j++) out.push({ kind: "added", text: newLines[j]!, n: j + 1 });
  };
  for (const [x, y] of kept) {
    upTo(head + x, head + y);
    same(i++, j++);
  }
  upTo(a.length - tail, b.length - tail);
  while (j < b.length) same(i++, j++);
  return out;
}

/** Gives pairs of places that stay, of a shortest way from one list to the other; none if that way is too long. */
function commonLines(a: Int32Array, b: Int32Array): [number, number][] {
  const most = Math.min(a.length + b.length, EDITS);
  // For each diagonal how far down the old list the way has come; one row of it is kept for each edit.
  const reach = new Int32Array(2 * most + 3);
  const middle = most + 1;
  const rows: Int32Array[] = [];
  for (let edits = 0; edits <= most; edits++) {
    rows.push(reach.slice(middle - edits - 1, middle + edits + 2));
    for (let k = -edits; k <= edits; k += 2) {
      const isAdding = k === -edits || (k !== edits && reach[middle + k - 1]! < reach[middle + k + 1]!);
      let x = isAdding ? reach[middle + k + 1]! : reach[middle + k - 1]! + 1;
      while (x < a.length && x - k < b.length && a[x] === b[x - k]) x++;
      reach[middle + k] = x;
      if (x >= a.length && x - k >= b.length) return wayBack(rows, a.length, b.length);
    }
  }
  return [];
}

function wayBack(rows: Int32Array[], oldLength: number, newLength: number): [number, number][] {
  const pairs: [number, number][] = [];
  let x = oldLength;
  let y = newLength;
  for (let edits = rows.length - 1; edits >= 0; edits--) {
    const row = rows[edits]!;
    const at = (k: number) => row[k + edits + 1]!;
    const k = x - y;
    const isAdding = k === -edits || (k !== edits && at(k - 1) < at(k + 1));
    const fromX = edits === 0 ? 0 : at(isAdding ? k + 1 : k - 1);
    const fromY = edits === 0 ? 0 : fromX - (isAdding ? k + 1 : k - 1);
    // The edit itself comes first, then lines that both have.
    const startX = edits === 0 || isAdding ? fromX : fromX + 1;
    while (x > startX) {
      x--;
      y--;
      pairs.push([x, y]);
    }
    x = fromX;
    y = fromY;
  }
  return pairs.reverse();
}

/** Lines that stand for others: equal ones far from any change. */
export interface Fold {
  kind: "fold";
  /** Index of the first of them. */
  at: number;
  lines: number;
}

/** Equal lines shown around a change. */
const AROUND = 3;

/** Folds equal lines away that no change is near to. */
export function folded(lines: LineChange[]): (LineChange | Fold)[] {
  const near = new Uint8Array(lines.length);
  lines.forEach(({ kind }, at) => {
    if (kind !== "same") near.fill(1, Math.max(at - AROUND, 0), at + AROUND + 1);
  });
  const out: (LineChange | Fold)[] = [];
  for (let at = 0; at < lines.length; ) {
    let end = at;
    while (end < lines.length && near[end] === 0) end++;
    // Whoever hides a single line shows a row in its place.
    if (end - at > 1) out.push({ kind: "fold", at, lines: end - at });
    else if (end > at) out.push(lines[at]!);
    at = end;
    while (at < lines.length && near[at] === 1) out.push(lines[at++]!);
  }
  return out;
}

/** Counts added and removed lines. */
export function changedLines(lines: { kind: string }[]): { added: number; removed: number } {
  let added = 0;
  let removed = 0;
  for (const { kind } of lines) {
    if (kind === "added") added++;
    if (kind === "removed") removed++;
  }
  return { added, removed };
}
