import { describe, expect, it } from "vitest";
import { countChanges, fileChanges, valueChanges } from "./versions";

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
});
