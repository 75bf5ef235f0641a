import { expect, test } from "vitest";
import { panBy, zoomBy } from "./range";

test("zooming in keeps the point that is looked at where it is", () => {
  expect(zoomBy(null, [0, 100], 0.5, 20)).toEqual([10, 60]);
  expect(zoomBy([10, 60], [0, 100], 0.5, 20)).toEqual([15, 40]);
  expect(zoomBy(null, [0, 100], 0.5, null)).toEqual([25, 75]);
  expect(zoomBy([40, 60], [0, 100], 0.5, 90)).toEqual([45, 55]);
});

test("zooming out stays inside, and ends with the whole", () => {
  expect(zoomBy([0, 20], [0, 100], 2, null)).toEqual([0, 40]);
  expect(zoomBy([10, 60], [0, 100], 2, null)).toBeNull();
  expect(zoomBy([0, 0], [0, 0], 2, null)).toBeNull();
});

test("zooming in ends before the numbers do", () => {
  const [from, to] = zoomBy([50, 50.001], [0, 100], 0.5, null)!;
  expect(to - from).toBeCloseTo(0.01);
});

test("moving stops at the ends, and the whole doesn't move", () => {
  expect(panBy([10, 30], [0, 100], 0.25)).toEqual([15, 35]);
  expect(panBy([10, 30], [0, 100], -5)).toEqual([0, 20]);
  expect(panBy([70, 90], [0, 100], 5)).toEqual([80, 100]);
  expect(panBy(null, [0, 100], 1)).toBeNull();
});
