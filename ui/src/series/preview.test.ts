import { describe, expect, test } from "vitest";
import { treeRows } from "./fileTree";
import { diffLine, layOut, previewKind, readSeparated, readTable, tokens } from "./preview";

test("a file's name says how it is shown", () => {
  const kinds = ["a/b.PNG", "x.table.json", "x.json", "diff.patch", "train.py", "README.md", "model.bin", "LICENSE"];
  expect(kinds.map(previewKind)).toEqual(["image", "table", "json", "diff", "code", "markdown", "unknown", "unknown"]);
});

describe("separated values", () => {
  test("keep commas, quotes and line ends inside quotes", () => {
    const { columns, rows } = readSeparated('a,b\r\n1,"x, ""y""\nz"\n2,\n', ",", 100);
    expect(columns).toEqual(["a", "b"]);
    expect(rows).toEqual([
      ["1", 'x, "y"\nz'],
      ["2", ""],
    ]);
  });

  test("are read no further than they are shown", () => {
    expect(readSeparated("a\n1\n2\n3\n4", "\t", 2).rows).toHaveLength(2);
  });
});

test("a logged table has columns and rows, other JSON is none", () => {
  expect(readTable('{"columns":["a",1],"data":[[1,"x"],[2,null]]}')).toEqual({
    columns: ["a", "1"],
    rows: [
      [1, "x"],
      [2, null],
    ],
  });
  expect(readTable('{"a":1}')).toBeNull();
  expect(readTable('{"columns":["a"],"da')).toBeNull();
});

test("JSON is laid out, and left alone where it is cut", () => {
  expect(layOut('{"a":[1]}')).toBe('{\n  "a": [\n    1\n  ]\n}');
  expect(layOut('{"a":[1')).toBe('{"a":[1');
});

test("lines of a patch are told apart", () => {
  const lines = ["diff --git a/x b/x", "--- a/x", "+++ b/x", "@@ -1 +1 @@", "-old", "+new", " same"];
  expect(lines.map(diffLine)).toEqual(["head", "head", "head", "place", "removed", "added", "same"]);
});

test("code keeps every character, and strings hide what looks like comments", () => {
  const line = 'x = f("# no", 1.5)  # yes';
  const parts = tokens(line);
  expect(parts.map((part) => part.text).join("")).toBe(line);
  expect(parts.filter((part) => part.kind === "comment").map((part) => part.text)).toEqual(["# yes"]);
  expect(parts.filter((part) => part.kind === "string").map((part) => part.text)).toEqual(['"# no"']);
});

describe("a tree of files", () => {
  const files = ["b.txt", "media/images/x_2.png", "media/images/x_10.png", "a/c.txt"].map((path) => ({
    path,
    size_bytes: 10,
  }));

  test("has folders first, then files, in the order people count", () => {
    expect(treeRows(files, () => true).map((row) => row.name)).toEqual([
      "a",
      "c.txt",
      "media",
      "images",
      "x_2.png",
      "x_10.png",
      "b.txt",
    ]);
  });

  test("says of a closed folder how much is in it", () => {
    const media = treeRows(files, () => false).find((row) => row.path === "media");
    expect(media).toMatchObject({ count: 2, size: 20, file: null });
  });
});
