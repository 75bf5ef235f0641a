/** Paths as a tree of folders, flattened to the rows that are open. Pure. */
import { byName } from "./names";

export interface FileLike {
  path: string;
  size_bytes: number;
}

export interface TreeRow<File extends FileLike> {
  /** Path of the folder or file. */
  path: string;
  /** Last part of it. */
  name: string;
  depth: number;
  /** The file; null for a folder. */
  file: File | null;
  /** Files below a folder, and their bytes. */
  count: number;
  size: number;
}

interface Folder<File extends FileLike> {
  folders: Map<string, Folder<File>>;
  files: File[];
  count: number;
  size: number;
}

const makeFolder = <File extends FileLike>(): Folder<File> => ({ folders: new Map(), files: [], count: 0, size: 0 });

/**
 * Gives the rows of a tree, folders before files.
 *
 * @param isOpen says whether a folder's content is shown.
 */
export function treeRows<File extends FileLike>(
  files: File[],
  isOpen: (path: string, count: number) => boolean,
): TreeRow<File>[] {
  const root = makeFolder<File>();
  for (const file of files) {
    let folder = root;
    for (const part of file.path.split("/").slice(0, -1)) {
      let next = folder.folders.get(part);
      if (!next) {
        next = makeFolder();
        folder.folders.set(part, next);
      }
      next.count++;
      next.size += file.size_bytes;
      folder = next;
    }
    folder.files.push(file);
  }
  const rows: TreeRow<File>[] = [];
  const walk = (folder: Folder<File>, prefix: string, depth: number): void => {
    for (const [name, inner] of [...folder.folders].sort(([a], [b]) => byName(a, b))) {
      const path = prefix + name;
      rows.push({ path, name, depth, file: null, count: inner.count, size: inner.size });
      if (isOpen(path, inner.count)) walk(inner, `${path}/`, depth + 1);
    }
    for (const file of [...folder.files].sort((a, b) => byName(a.path, b.path))) {
      const name = file.path.slice(prefix.length);
      rows.push({ path: file.path, name, depth, file, count: 1, size: file.size_bytes });
    }
  };
  walk(root, "", 0);
  return rows;
}
