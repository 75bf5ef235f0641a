/** The lines of a table whose rows stand in groups: heads, the runs that are shown of each, and what is left out. */

export interface GroupNode<G> {
  /** Names the group among all: the values of its keys. */
  path: string;
  depth: number;
  count: number;
  group: G;
}

export type Line<G> =
  | { kind: "group"; node: GroupNode<G>; open: boolean }
  | { kind: "run"; source: string; index: number; depth: number }
  /** Runs of a group that aren't listed yet. */
  | { kind: "more"; source: string; left: number; depth: number }
  /** Groups within this one, on their way. */
  | { kind: "wait"; source: string; depth: number };

/** Runs shown of an open group before somebody asks for the others. */
export const SHOWN_AT_FIRST = 5;

export interface GroupLook<G> {
  isOpen(node: GroupNode<G>): boolean;
  /** Groups within a group; null where runs stand below it, undefined while they are unknown. */
  within(node: GroupNode<G>): GroupNode<G>[] | null | undefined;
  /** Whether all runs of a group are listed. */
  isWhole(path: string): boolean;
}

/** Lays groups out as lines, those within others below them. */
export function groupLines<G>(roots: GroupNode<G>[], look: GroupLook<G>): Line<G>[] {
  const lines: Line<G>[] = [];
  const put = (node: GroupNode<G>) => {
    const open = look.isOpen(node);
    lines.push({ kind: "group", node, open });
    if (!open) return;
    const within = look.within(node);
    const { path: source, depth } = node;
    if (within === undefined) lines.push({ kind: "wait", source, depth: depth + 1 });
    else if (within !== null) for (const inner of within) put(inner);
    else {
      const shown = look.isWhole(source) ? node.count : Math.min(node.count, SHOWN_AT_FIRST);
      for (let index = 0; index < shown; index++) lines.push({ kind: "run", source, index, depth: depth + 1 });
      if (shown < node.count) lines.push({ kind: "more", source, left: node.count - shown, depth: depth + 1 });
    }
  };
  for (const root of roots) put(root);
  return lines;
}
