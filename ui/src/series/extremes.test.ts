import { expect, it } from "vitest";
import { bestOf, extremeOf } from "./extremes";
import type { Series } from "./frame";

const shared = {
  run: "r",
  key: "k",
  total: 4,
  nonFinite: { nan: 1, up: 0, down: 0 },
  badKind: [1],
  badX: new Float64Array(),
};
const exact: Series = {
  ...shared,
  bucketed: false,
  x: Float64Array.of(0, 5, 10, 15),
  y: Float64Array.of(3, 1, 2, Number.NaN),
};
const buckets: Series = {
  ...shared,
  bucketed: true,
  x0: Float64Array.of(0, 10),
  x: Float64Array.of(9, 19),
  min: Float32Array.of(0.5, 0.25),
  max: Float32Array.of(4, 3),
  last: Float32Array.of(2, 1),
  mean: Float32Array.of(2, 2),
  count: Float32Array.of(10, 10),
};

it("finds where a metric was least, greatest and last", () => {
  expect(extremeOf(exact, "min")).toEqual({ value: 1, x: 5, from: 5 });
  expect(extremeOf(exact, "max")).toEqual({ value: 3, x: 0, from: 0 });
  expect(extremeOf(exact, "last")).toEqual({ value: 2, x: 10, from: 10 });
  expect(extremeOf(buckets, "min")).toEqual({ value: 0.25, x: 19, from: 10 });
  expect(extremeOf(buckets, "max")).toEqual({ value: 4, x: 9, from: 0 });
  expect(extremeOf(buckets, "last")).toEqual({ value: 1, x: 19, from: 19 });
  expect(extremeOf({ ...exact, y: new Float64Array(4).fill(Number.NaN) }, "min")).toBeNull();
});

it("takes the best as the metric's rule says", () => {
  const rules = [
    { goal: "maximize", summary: ["min"] },
    { goal: "minimize" },
    { summary: ["max"] },
    { summary: ["best"] },
    { summary: ["min", "max"] },
    {},
    undefined,
  ];
  expect(rules.map(bestOf)).toEqual(["max", "min", "max", "min", "last", "last", "last"]);
});
