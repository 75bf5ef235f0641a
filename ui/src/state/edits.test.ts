import { expect, test } from "vitest";
import type { RunRow } from "../net/shapes";
import { undoingEdits } from "./edits";

const row = (id: string, tags: string[], group = "") => ({ id, name: id, tags, group, notes: "" }) as unknown as RunRow;

test("an edit is undone by what each run was, those alike together, each once", () => {
  const rows = [row("a", ["x"]), row("b", ["x"]), row("c", [], "old"), row("a", ["x"]), row("d", [])];
  expect(undoingEdits(rows, ["a", "b", "c"], { add_tags: ["y"] })).toEqual([
    { ids: ["a", "b"], set: { tags: ["x"] } },
    { ids: ["c"], set: { tags: [] } },
  ]);
  expect(undoingEdits(rows, ["c", "d"], { group: "new" })).toEqual([
    { ids: ["c"], set: { group: "old" } },
    { ids: ["d"], set: { group: "" } },
  ]);
});
