import { describe, expect, test } from "vitest";
import type { PanelSpec, Section } from "./layout";
import { packSections } from "./packing";

const panel = (id: string, tall: number): PanelSpec => ({
  id,
  kind: "line",
  title: id,
  options: {},
  settings: {},
  marks: [],
  section: "",
  wide: 1,
  tall,
  added: false,
});

describe("sections in rows", () => {
  const named = (name: string, n: number, tall = 1): Section => ({
    id: name,
    name,
    settings: {},
    panels: Array.from({ length: n }, (_, i) => panel(`${name}/${i}`, tall)),
    added: false,
  });
  const spans = (packed: { name: string; span: number }[]) => packed.map((section) => [section.name, section.span]);

  test("share one when they are smaller than it", () => {
    expect(spans(packSections([named("a", 1), named("b", 5), named("c", 2)], 3))).toEqual([
      ["a", 1],
      ["c", 2],
      ["b", 3],
    ]);
  });

  test("keep the reader's order when there is one", () => {
    expect(spans(packSections([named("a", 1), named("b", 5), named("c", 2)], 3, true))).toEqual([
      ["a", 3],
      ["b", 3],
      ["c", 3],
    ]);
  });

  test("that leave a gap stand last, and reach to the end of their row", () => {
    expect(spans(packSections([named("a", 1), named("b", 3)], 3))).toEqual([
      ["b", 3],
      ["a", 3],
    ]);
  });

  test("stand beside sections that are as tall as they are", () => {
    expect(spans(packSections([named("a", 1, 2), named("b", 1), named("c", 1, 2), named("d", 2)], 3))).toEqual([
      ["a", 1],
      ["c", 2],
      ["b", 1],
      ["d", 2],
    ]);
  });

  test("never get lost", () => {
    const all = [named("a", 2), named("b", 2), named("c", 1), named("d", 9), named("e", 1)];
    for (const columns of [1, 2, 3]) {
      for (const fixed of [false, true]) {
        const names = packSections(all, columns, fixed).map((section) => section.name);
        expect(names.sort()).toEqual(["a", "b", "c", "d", "e"]);
      }
    }
  });
});
