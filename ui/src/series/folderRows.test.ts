import { expect, test } from "vitest";
import { folderRows, parentsOf } from "./folderRows";

const root = {
  folders: [
    { path: "part-10", files: 5, size_bytes: 1 },
    { path: "part-9", files: 2500, size_bytes: 1 },
  ],
  files: [{ path: "README" }],
  total: 1,
};
const part9 = { folders: [], files: [{ path: "part-9/a" }, { path: "part-9/b" }], total: 2500 };

test("rows are what is open, folders first, and say what is left", () => {
  const known = new Map([
    ["", root],
    ["part-9", part9],
  ]);
  const closed = folderRows(known, new Set());
  expect(closed.map((row) => row.path)).toEqual(["part-9", "part-10", "README"]);
  const rows = folderRows(known, new Set(["part-9"]));
  expect(rows.map((row) => [row.kind, row.path, row.depth])).toEqual([
    ["folder", "part-9", 0],
    ["file", "part-9/a", 1],
    ["file", "part-9/b", 1],
    ["more", "part-9", 1],
    ["folder", "part-10", 0],
    ["file", "README", 0],
  ]);
  expect(rows[3]).toMatchObject({ shown: 2, left: 2498 });
  expect(folderRows(known, new Set(["part-10"])).length).toBe(3);
});

test("a path's folders are known from it", () => {
  expect(parentsOf("a/b/c.txt")).toEqual(["a", "a/b"]);
  expect(parentsOf("c.txt")).toEqual([]);
});
