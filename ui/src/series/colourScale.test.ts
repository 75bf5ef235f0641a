import { describe, expect, test } from "vitest";
import { colourScale, NO_HUE } from "./colourScale";

const labels = (values: Parameters<typeof colourScale>[0]) =>
  colourScale(values).parts.map(({ label, runs, others }) => [others ?? label, runs]);

describe("colours by a value", () => {
  test("give few numbers one each, the most first, and grey to runs without one", () => {
    const scale = colourScale([0.1, 0.01, 0.1, undefined, { _type: "number", value: "NaN" }]);
    expect(scale.parts.map(({ label, runs }) => [label, runs])).toEqual([
      ["0.1", 2],
      ["0.01", 1],
      [null, 2],
    ]);
    expect(scale.hueOf(0.1)).toBeGreaterThan(scale.hueOf(0.01));
    expect(scale.hueOf(undefined)).toBe(NO_HUE);
  });
  test("part many numbers so that each part has about as many runs, whatever their size", () => {
    const values = Array.from({ length: 70 }, (_, i) => 10 ** (i / 7));
    const scale = colourScale(values);
    expect(scale.parts.map(({ runs }) => runs)).toEqual([10, 10, 10, 10, 10, 10, 10]);
    expect(new Set(values.map((value) => scale.hueOf(value))).size).toBe(7);
    expect(scale.hueOf(1e99)).toBe(scale.parts[0]!.hue);
    expect(scale.hueOf(-5)).toBe(scale.parts[6]!.hue);
  });
  test("give texts a colour of the palette each, by name; beyond it they share one that says so", () => {
    expect(labels(["sgd", "adam", "sgd", null])).toEqual([
      ["adam", 1],
      ["sgd", 2],
      [null, 1],
    ]);
    expect(colourScale([true, 3, "3"]).parts.map(({ label }) => label)).toEqual(["3", "true"]);
    const many = colourScale(Array.from({ length: 30 }, (_, i) => `name-${i}`));
    expect(many.parts.at(-1)).toMatchObject({ others: 11, runs: 11, hue: NO_HUE });
  });
});
