/** Two versions of an artifact beside each other: their files and their metadata. Pure. */
import { byName } from "./names";
import { flatten, type Json } from "./tagged";

export type Change = "added" | "removed" | "changed" | "same";

export interface FileOf {
  path: string;
  size_bytes: number;
  digest: string;
}

export interface FileChange<File extends FileOf = FileOf> {
  path: string;
  /** Of the newer file, of the older one where that is all there is: for the tree. */
  size_bytes: number;
  change: Change;
  before: File | null;
  after: File | null;
}

/** Joins two lists of files by path, in the order of paths. */
export function fileChanges<File extends FileOf>(before: File[], after: File[]): FileChange<File>[] {
  const old = new Map(before.map((file) => [file.path, file]));
  const out: FileChange<File>[] = [];
  for (const file of after) {
    const was = old.get(file.path) ?? null;
    old.delete(file.path);
    const same = was !== null && was.digest === file.digest && was.size_bytes === file.size_bytes;
    const change = was === null ? "added" : same ? "same" : "changed";
    out.push({ path: file.path, size_bytes: file.size_bytes, change, before: was, after: file });
  }
  for (const file of old.values()) {
    out.push({ path: file.path, size_bytes: file.size_bytes, change: "removed", before: file, after: null });
  }
  return out.sort((a, b) => byName(a.path, b.path));
}

export type ChangeCounts = Record<Change, number>;

export function countChanges(changes: { change: Change }[]): ChangeCounts {
  const counts: ChangeCounts = { added: 0, removed: 0, changed: 0, same: 0 };
  for (const { change } of changes) counts[change]++;
  return counts;
}

export interface ValueChange {
  key: string;
  change: Change;
  before: Json | undefined;
  after: Json | undefined;
}

/** Compares nested values key by key. */
export function valueChanges(before: { [key: string]: Json }, after: { [key: string]: Json }): ValueChange[] {
  const old = new Map(flatten(before));
  const now = new Map(flatten(after));
  return [...new Set([...old.keys(), ...now.keys()])].sort(byName).map((key): ValueChange => {
    const [was, is] = [old.get(key), now.get(key)];
    const change = !old.has(key)
      ? "added"
      : !now.has(key)
        ? "removed"
        : JSON.stringify(was) === JSON.stringify(is)
          ? "same"
          : "changed";
    return { key, change, before: was, after: is };
  });
}

/** Gives the number of a version (`v12` → 12), or null for an alias. */
export function versionNumber(version: string): number | null {
  const found = /^v(\d+)$/.exec(version);
  return found ? Number(found[1]) : null;
}

export interface LineChange {
  kind: "same" | "added" | "removed";
  text: string;
  /** Line number, from 1: in the newer text, of a removed line in the older one. */
  n: number;
}

/** Lines compared at most, each side; the table of the comparison grows with their product. */
export const LINES_COMPARED = 2000;

/** Compares two texts by line: the longest common subsequence stays, what is left was removed or added. */
export function lineChanges(before: string, after: string): LineChange[] {
  const cut = (text: string) =>
    text
      .replace(/\r?\n$/, "")
      .split(/\r?\n/)
      .slice(0, LINES_COMPARED);
  const a = before === "" ? [] : cut(before);
  const b = after === "" ? [] : cut(after);
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < a.length - head && tail < b.length - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  const rows = a.length - head - tail;
  const columns = b.length - head - tail;
  const width = columns + 1;
  const table = new Uint16Array((rows + 1) * width);
  for (let i = rows - 1; i >= 0; i--) {
    for (let j = columns - 1; j >= 0; j--) {
      table[i * width + j] =
        a[head + i] === b[head + j]
          ? table[(i + 1) * width + j + 1]! + 1
          : Math.max(table[(i + 1) * width + j]!, table[i * width + j + 1]!);
    }
  }
  const out: LineChange[] = [];
  const keep = (j: number) => out.push({ kind: "same", text: b[j]!, n: j + 1 });
  for (let j = 0; j < head; j++) keep(j);
  let i = 0;
  let j = 0;
  while (i < rows || j < columns) {
    if (i < rows && j < columns && a[head + i] === b[head + j]) {
      keep(head + j);
      i++;
      j++;
    } else if (i < rows && (j >= columns || table[(i + 1) * width + j]! >= table[i * width + j + 1]!)) {
      out.push({ kind: "removed", text: a[head + i]!, n: head + i + 1 });
      i++;
    } else {
      out.push({ kind: "added", text: b[head + j]!, n: head + j + 1 });
      j++;
    }
  }
  for (let at = b.length - tail; at < b.length; at++) keep(at);
  return out;
}
