import { expect, test } from "vitest";
import { type Line, rangeOfMost } from "./line";

test("a range of most values leaves a spike out, and nothing when there is none", () => {
  const n = 500;
  const x = Float64Array.from({ length: n }, (_, i) => i);
  const line = (y: Float64Array) =>
    ({
      run: "r",
      key: "k",
      x,
      y,
      low: null,
      high: null,
      badX: x.slice(0, 0),
      total: n,
      nonFinite: { nan: 0, up: 0, down: 0 },
      badKind: [],
    }) as Line;
  const calm = Float64Array.from(x, (value) => Math.sin(value / 20));
  const spiked = Float64Array.from(calm);
  spiked[250] = 1e6;
  expect(rangeOfMost([line(spiked)], 0, n, false)![1]).toBeLessThan(2);
  expect(rangeOfMost([line(calm)], 0, n, false)![1]).toBeCloseTo(1, 1);
});
