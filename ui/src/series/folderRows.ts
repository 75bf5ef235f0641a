/** Folders that are known as far as they were opened, flattened to rows. Pure. */
import { byName } from "./names";

interface FolderOf<File> {
  folders: { path: string; files: number; size_bytes: number }[];
  files: File[];
  /** Files that lie directly in it, listed or not. */
  total: number;
}

export type FolderRow<File> =
  | { kind: "folder"; path: string; name: string; depth: number; files: number }
  | { kind: "file"; path: string; name: string; depth: number; file: File }
  | { kind: "more"; path: string; depth: number; shown: number; left: number };

/** Gives the rows of what is open: folders before files, and where files are left, a row that says so. */
export function folderRows<File extends { path: string }>(
  known: ReadonlyMap<string, FolderOf<File>>,
  open: ReadonlySet<string>,
): FolderRow<File>[] {
  const rows: FolderRow<File>[] = [];
  const name = (path: string) => path.slice(path.lastIndexOf("/") + 1);
  const walk = (folder: string, depth: number): void => {
    const content = known.get(folder);
    if (!content) return;
    for (const one of [...content.folders].sort((a, b) => byName(a.path, b.path))) {
      rows.push({ kind: "folder", path: one.path, name: name(one.path), depth, files: one.files });
      if (open.has(one.path)) walk(one.path, depth + 1);
    }
    // In the order of the pages they came in, which is the server's.
    for (const file of content.files) rows.push({ kind: "file", path: file.path, name: name(file.path), depth, file });
    const left = content.total - content.files.length;
    if (left > 0) rows.push({ kind: "more", path: folder, depth, shown: content.files.length, left });
  };
  walk("", 0);
  return rows;
}

/** Gives the folders that a path lies in, outermost first. */
export function parentsOf(path: string): string[] {
  const parts = path.split("/").slice(0, -1);
  return parts.map((_, i) => parts.slice(0, i + 1).join("/"));
}
