/** The lineage graph. */
import { count } from "../../series/format";

export const lineage = {
  label: (name: string) => `Lineage of ${name}`,
  scope: "How much is drawn",
  direct: "Next to it",
  complete: "Whole path",
  find: "Find in the graph",
  found: (n: number) => (n === 0 ? "nothing found" : `${count(n)} found`),
  drawn: (seen: number, all: number) => `${count(seen)} of ${count(all)} nodes drawn`,
  truncated: (n: number) => `There is more: the first ${count(n)} nodes are here.`,
  zoomIn: "Closer",
  zoomOut: "Farther",
  fit: "Show all of it",
  openAll: "Open all",
  closeAll: "Fold all",
  none: "Nothing is known of where this version came from, and nothing has used it.",
  noneMore: "Runs that log and use artifacts draw this graph by themselves.",
  cluster: (n: number, kind: "run" | "artifact", group: string) =>
    kind === "run" ? `${count(n)} ${group ? `${group} ` : ""}runs` : `${count(n)} × ${group}`,
  shown: (n: number) => `${count(n)} shown`,
  open: "Open",
  close: "Fold",
  findIn: (n: number) => `Find in these ${count(n)}`,
  showMore: (n: number) => `Show ${count(n)} more`,
  artifact: "artifact",
  run: "run",
  path: (name: string) => `where ${name} came from`,
  alongEdges: "along edges",
  deleted: "deleted",
  artifactLabel: (type: string, name: string, more: string) => `${type} ${name}${more}`,
  laying: "Laying out…",
};
