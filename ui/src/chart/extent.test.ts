import { expect, test } from "vitest";
import { placer } from "./extent";

test("values lie in proportion along an axis, powers on a logarithmic one", () => {
  const px = placer([10, 20], 50, 100, false);
  expect([10, 15, 20, 25].map(px)).toEqual([50, 100, 150, 200]);
  const py = placer([1, 100], 200, -200, true);
  expect(py(1)).toBeCloseTo(200);
  expect(py(10)).toBeCloseTo(100);
  expect(py(100)).toBeCloseTo(0);
});
