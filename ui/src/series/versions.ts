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
