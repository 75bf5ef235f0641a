import { describe, expect, it } from "vitest";
import { countChanges, fileChanges, lineChanges, valueChanges } from "./versions";

const file = (path: string, digest: string, size_bytes = 1) => ({ path, digest, size_bytes });

describe("two versions", () => {
  it("have files that came, went, changed or stayed, by path", () => {
    const changes = fileChanges(
      [file("a", "1"), file("b", "1"), file("c", "1")],
      [file("b", "2"), file("c", "1"), file("d", "1")],
    );
    expect(changes.map(({ path, change }) => `${path} ${change}`)).toEqual([
      "a removed",
      "b changed",
      "c same",
      "d added",
    ]);
    expect(countChanges(changes)).toEqual({ added: 1, removed: 1, changed: 1, same: 1 });
  });

  it("differ in metadata key by key, however deep", () => {
    const changes = valueChanges({ lr: 1, deep: { a: [1], b: null } }, { deep: { a: [1], b: 2 }, seed: 3 });
    expect(changes).toEqual([
      { key: "deep.a", change: "same", before: [1], after: [1] },
      { key: "deep.b", change: "changed", before: null, after: 2 },
      { key: "lr", change: "removed", before: 1, after: undefined },
      { key: "seed", change: "added", before: undefined, after: 3 },
    ]);
  });

  it("are compared by line, each line numbered as in its own text", () => {
    const lines = lineChanges("a\nb\nc\n", "a\nx\nc\nd\n").map(({ kind, n, text }) => `${kind} ${n} ${text}`);
    expect(lines).toEqual(["same 1 a", "removed 2 b", "added 2 x", "same 3 c", "added 4 d"]);
    expect(lineChanges("", "a")).toEqual([{ kind: "added", text: "a", n: 1 }]);
    expect(lineChanges("a\na\n", "a\n").filter(({ kind }) => kind !== "same")).toHaveLength(1);
  });
});
