import { describe, expect, test } from "vitest";
import { scaleOf } from "./scale";

describe("a scale of numbers", () => {
  test("places the least before the most, with some air, and leads back", () => {
    const scale = scaleOf([1, 3, 2, null], false);
    expect(scale.kind).toBe("number");
    expect(scale.place(1)).toBeGreaterThan(0);
    expect(scale.place(3)).toBeLessThan(1);
    expect(scale.place(2)).toBeCloseTo(0.5);
    expect(scale.at(scale.place(2.5))).toBeCloseTo(2.5);
  });

  test("has no place for what is missing, not finite, or not positive on a log axis", () => {
    const scale = scaleOf([1, 10, 100], true);
    expect(scale.place(10)).toBeCloseTo(0.5);
    for (const value of [null, undefined, 0, -1, { _type: "number", value: "NaN" }])
      expect(scale.place(value)).toBeNaN();
    expect(scale.ticks.map(({ label }) => label)).toEqual(["1", "10", "100"]);
  });

  test("survives one value, and none", () => {
    expect(scaleOf([5], false).place(5)).toBeCloseTo(0.5);
    expect(scaleOf([], true).ticks.length).toBeGreaterThanOrEqual(0);
  });
});

test("texts stand in a row, each in the middle of its place", () => {
  const scale = scaleOf(["sgd", "adam", "adam", true], false);
  expect(scale.kind).toBe("category");
  expect(scale.ticks.map(({ label }) => label)).toEqual(["adam", "sgd", "true"]);
  expect(scale.place("adam")).toBeCloseTo(1 / 6);
  expect(scale.at(0.5)).toBe("sgd");
  expect(scale.place("rmsprop")).toBeNaN();
});
