import { describe, expect, test } from "vitest";
import { readMedia } from "./media";
import type { Json } from "./tagged";

describe("a logged object", () => {
  test("of several images says how many, how large, and where they are", () => {
    const media = readMedia({
      _type: "images/separated",
      count: 2,
      width: 32,
      height: 24,
      filenames: ["media/images/a.png", "media/images/b.png"],
    });
    expect(media).toMatchObject({ kind: "image", count: 2, extent: [32, 24] });
    expect(media!.paths).toEqual(["media/images/a.png", "media/images/b.png"]);
  });

  test("that is a table says its rows and columns", () => {
    const media = readMedia({ _type: "table-file", nrows: 2, ncols: 3, path: "media/table/t.table.json" });
    expect(media).toMatchObject({ kind: "table", count: 1, extent: [2, 3], paths: ["media/table/t.table.json"] });
  });

  test("that is a histogram has its bins", () => {
    const media = readMedia({ _type: "histogram", values: [1, 5, 2], bins: [0, 1, 2, 3] });
    expect(media).toMatchObject({ kind: "histogram", count: 3, bins: [1, 5, 2], paths: [] });
  });

  test("of a type nobody knows keeps its name, and an address elsewhere is no file", () => {
    const media = readMedia({ _type: "hologram-file", path: "https://elsewhere.example/x" });
    expect(media).toMatchObject({ kind: "other", type: "hologram-file", paths: [] });
  });

  test("is only what has a type: no number, list, text or plain object", () => {
    const values: Json[] = [1, "image-file", null, [1], { a: 1 }, { _type: "number", value: "NaN" }];
    for (const value of values) {
      expect(readMedia(value)).toBeNull();
    }
  });
});
