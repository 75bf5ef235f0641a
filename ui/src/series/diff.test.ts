import { describe, expect, it } from "vitest";
import { changedLines, changesOf, folded, lineChanges } from "./diff";

const said = (before: string, after: string) =>
  lineChanges(before, after).map(({ kind, n, text }) => `${kind} ${n} ${text}`);

/** What a diff must give back: the older text without what was added, the newer without what was removed. */
function sides(lines: ReturnType<typeof changesOf>) {
  return {
    before: lines.filter(({ kind }) => kind !== "added").map(({ text }) => text),
    after: lines.filter(({ kind }) => kind !== "removed").map(({ text }) => text),
  };
}

/** Numbers that are the same on each run of the test. */
function numbers(seed: number) {
  let state = seed;
  return (below: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % below;
  };
}

/** Length of the longest common subsequence, the slow and plain way. */
function longestCommon(a: string[], b: string[]): number {
  const table = a.map(() => new Array<number>(b.length + 1).fill(0)).concat([new Array<number>(b.length + 1).fill(0)]);
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      table[i]![j] = a[i] === b[j] ? table[i + 1]![j + 1]! + 1 : Math.max(table[i + 1]![j]!, table[i]![j + 1]!);
    }
  }
  return table[0]![0]!;
}

describe("lines of two texts", () => {
  it("says what stays, what was removed and what was added", () => {
    expect(said("a\nb\nc\n", "a\nx\nc\nd\n")).toEqual([
      "same 1 a",
      "removed 2 b",
      "added 2 x",
      "same 3 c",
      "added 4 d",
    ]);
    expect(said("", "a\r\nb")).toEqual(["added 1 a", "added 2 b"]);
    expect(said("a", "")).toEqual(["removed 1 a"]);
    expect(said("a\n", "a")).toEqual(["same 1 a"]);
  });

  it("finds as much in common as there is, and loses no line", () => {
    const below = numbers(7);
    for (let round = 0; round < 200; round++) {
      const text = () => Array.from({ length: below(14) }, () => "abcd"[below(4)]!);
      const [a, b] = [text(), text()];
      const lines = changesOf(a, b);
      expect(sides(lines)).toEqual({ before: a, after: b });
      expect(lines.filter(({ kind }) => kind === "same")).toHaveLength(longestCommon(a, b));
    }
  });

  it("is quick where long texts differ little, and gives up where nothing is common", () => {
    const long = Array.from({ length: 20_000 }, (_, i) => `line ${i}`);
    const other = [...long.slice(0, 300), "new", ...long.slice(301, 19_000), ...long.slice(19_001)];
    expect(changedLines(changesOf(long, other))).toEqual({ added: 1, removed: 2 });
    const strange = long.map((line) => `${line}!`);
    expect(changedLines(changesOf(long, strange))).toEqual({ added: 20_000, removed: 20_000 });
  });

  it("takes lines for one as it is told", () => {
    const lines = changesOf(["12:00 a", "12:01 b"], ["13:00 a", "13:02 c"], (line) => line.slice(6));
    expect(lines.map(({ kind, text }) => `${kind} ${text}`)).toEqual([
      "same 13:00 a",
      "removed 12:01 b",
      "added 13:02 c",
    ]);
  });
});

it("folds equal lines away, except those around a change", () => {
  const before = Array.from({ length: 20 }, (_, i) => `${i}`);
  const rows = folded(changesOf(before, before.with(10, "ten")));
  expect(rows[0]).toEqual({ kind: "fold", at: 0, lines: 7 });
  expect(rows.slice(1, -1).map((row) => ("text" in row ? row.text : ""))).toEqual("7 8 9 10 ten 11 12 13".split(" "));
  expect(rows.at(-1)).toEqual({ kind: "fold", at: 15, lines: 6 });
  expect(folded(changesOf(["a"], ["a"]))).toHaveLength(1);
});
