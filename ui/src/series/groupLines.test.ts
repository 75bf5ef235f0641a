import { describe, expect, test } from "vitest";
import { type GroupNode, groupLines } from "./groupLines";

const node = (path: string, depth: number, count: number): GroupNode<null> => ({ path, depth, count, group: null });
const said = (lines: ReturnType<typeof groupLines<null>>) =>
  lines.map((line) => {
    if (line.kind === "group") return `${line.open ? "v" : ">"} ${line.node.path}`;
    if (line.kind === "run") return `${line.source}#${line.index}`;
    return line.kind === "more" ? `${line.source} +${line.left}` : `${line.source} …`;
  });

describe("lines of groups", () => {
  test("show five runs, then how many there are more", () => {
    const look = { isOpen: () => true, within: () => null, isWhole: (path: string) => path === "b" };
    const lines = said(groupLines([node("a", 0, 7), node("b", 0, 6), node("c", 0, 2)], look));
    expect(lines.filter((line) => line.startsWith("a"))).toEqual(["a#0", "a#1", "a#2", "a#3", "a#4", "a +2"]);
    expect(lines.filter((line) => line.startsWith("b"))).toHaveLength(6);
    expect(lines.filter((line) => line.startsWith("c"))).toEqual(["c#0", "c#1"]);
  });

  test("stand below their group, and wait where nobody knows them yet", () => {
    const inner: Record<string, GroupNode<null>[] | undefined> = {
      a: [node("a/x", 1, 1), node("a/y", 1, 1)],
      b: undefined,
    };
    const lines = groupLines([node("a", 0, 2), node("b", 0, 9), node("c", 0, 3)], {
      isOpen: ({ path }) => path !== "c" && path !== "a/y",
      within: ({ path, depth }) => (depth === 1 ? null : inner[path]),
      isWhole: () => false,
    });
    expect(said(lines)).toEqual(["v a", "v a/x", "a/x#0", "> a/y", "v b", "b …", "> c"]);
  });
});
