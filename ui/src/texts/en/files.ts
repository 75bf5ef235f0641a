/** A run's files. */
import { count } from "../../series/format";

export const files = {
  none: "No files.",
  noneMore: "What the script saves with run.save() appears here.",
  find: "Find a file",
  tree: "Files",
  choose: "Choose a file to see what is in it.",
  gone: (path: string) => `This run has no file ${path}.`,
  open: "Open",
  delete: "Delete…",
  deleteLabel: (path: string) => `Delete ${path}`,
  deleteTitle: "Delete the file",
  deleteSure: (path: string) => `This deletes ${path} from the run. It can't be undone.`,
  deleteNow: "Delete the file",
  deleted: (path: string) => `Deleted ${path}`,
  noPreview: "There is no preview of this kind of file.",
  noMatch: "No file matches.",
  empty: "The file is empty.",
  first: (part: string, all: string) => `The first ${part} of ${all}; the download has all of it.`,
  linesOf: (shown: number, all: number | null) =>
    all === null ? `The first ${count(shown)} lines of that.` : `The first ${count(shown)} of ${count(all)} lines.`,
  rowsOf: (shown: number, all: number, cut: boolean) =>
    shown < all || cut
      ? `The first ${count(shown)} of ${count(all)}${cut ? " or more" : ""} rows.`
      : `${count(all)} ${all === 1 ? "row" : "rows"}.`,
  columnsOf: (shown: number, all: number) => `The first ${count(shown)} of ${count(all)} columns.`,
  asText: "Text",
  asTable: "Table",
  rendered: "Rendered",
  view: "How the file is shown",
  changed: (when: string) => `changed ${when}`,
  listed: (shown: number, all: number) => `The first ${count(shown)} of ${count(all)} files`,
  total: (n: number, size: string) => `${count(n)} ${n === 1 ? "file" : "files"}, ${size}`,
  download: (name: string) => `Download ${name}`,
};
