import { describe, expect, test } from "vitest";
import type { Series } from "./frame";
import { sparkPath } from "./spark";

const series = (y: number[]): Series => ({
  run: "r",
  key: "k",
  total: y.length,
  nonFinite: { nan: 0, up: 0, down: 0 },
  badKind: [],
  badX: new Float64Array(),
  bucketed: false,
  x: Float64Array.from(y.map((_, i) => i)),
  y: Float64Array.from(y),
});

describe("a small curve", () => {
  test("goes from corner to corner, NaN left out", () => {
    expect(sparkPath(series([0, Number.NaN, 1, 2]), 60, 10)).toEqual({
      path: "M0 10L40 5L60 0",
      end: [60, 0],
      first: "0",
      last: "2",
    });
  });
  test("beside others begins at 0 and ends where the highest of them does", () => {
    expect(sparkPath(series([3, 3]), 60, 10, 100)?.path).toBe("M0 9.7L60 9.7");
  });
  test("of one point is a stroke, of none nothing", () => {
    expect(sparkPath(series([3]), 60, 10)?.path).toBe("M28.5 5h3");
    expect(sparkPath(series([Number.NaN]), 60, 10)).toBeNull();
    expect(sparkPath(series([]), 60, 10)).toBeNull();
  });
});
