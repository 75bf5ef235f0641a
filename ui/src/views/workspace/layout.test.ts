import { describe, expect, test } from "vitest";
import type { Metric } from "../../net/shapes";
import { packSections, sectionsOf } from "./layout";

const metrics = (...keys: string[]) => keys.map((key) => ({ key, kind: "number" }) as Metric);
const named = (name: string, n: number) => ({
  name,
  metrics: metrics(...Array.from({ length: n }, (_, i) => `${name}/${i}`)),
});

describe("sections", () => {
  test("hold the metrics of one prefix, those without one first, in the order people count", () => {
    const sections = sectionsOf(metrics("val/acc", "layer/10", "layer/2", "epoch"));
    expect(sections.map((section) => section.name)).toEqual(["", "layer", "val"]);
    expect(sections[1]!.metrics.map((metric) => metric.key)).toEqual(["layer/2", "layer/10"]);
  });

  test("that are smaller than a row share it", () => {
    const packed = packSections([named("a", 1), named("b", 5), named("c", 2)], 3);
    expect(packed.map((section) => [section.name, section.span])).toEqual([
      ["a", 1],
      ["c", 2],
      ["b", 3],
    ]);
  });

  test("that leave a gap stand last, and reach to the end of their row", () => {
    const packed = packSections([named("a", 1), named("b", 3)], 3);
    expect(packed.map((section) => [section.name, section.span])).toEqual([
      ["b", 3],
      ["a", 3],
    ]);
  });

  test("never get lost", () => {
    const all = [named("a", 2), named("b", 2), named("c", 1), named("d", 9), named("e", 1)];
    for (const columns of [1, 2, 3]) {
      const names = packSections(all, columns).map((section) => section.name);
      expect(names.sort()).toEqual(["a", "b", "c", "d", "e"]);
    }
  });
});
