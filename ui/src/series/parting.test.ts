import { describe, expect, it } from "vitest";
import { type Points, partingOf, pointsOf } from "./parting";

const steps = (n: number, y: (step: number) => number): Points => ({
  x: Array.from({ length: n }, (_, i) => i),
  y: Array.from({ length: n }, (_, i) => y(i)),
});
const loss = (step: number) => Math.exp(-step / 60) + Math.sin(step * 1.7) * 0.01;

describe("where a run parts from the baseline", () => {
  it("is nowhere for equal curves, and for those that differ by their noise", () => {
    expect(partingOf(steps(200, loss), steps(200, loss))).toBeNull();
    expect(
      partingOf(
        steps(200, (i) => loss(i) + Math.sin(i * 2.9) * 0.01),
        steps(200, loss),
      ),
    ).toBeNull();
  });

  it("is the first step from which they stay apart", () => {
    expect(
      partingOf(
        steps(200, (i) => loss(i) + (i < 120 ? 0 : 0.5)),
        steps(200, loss),
      ),
    ).toBe(120);
    expect(
      partingOf(
        steps(200, (i) => loss(i) + 2),
        steps(200, loss),
      ),
    ).toBe(0);
  });

  it("isn't an outlier, and is the first NaN of several", () => {
    expect(
      partingOf(
        steps(200, (i) => loss(i) + (i === 50 ? 3 : 0)),
        steps(200, loss),
      ),
    ).toBeNull();
    expect(
      partingOf(
        steps(200, (i) => (i < 80 ? loss(i) : Number.NaN)),
        steps(200, loss),
      ),
    ).toBe(80);
  });

  it("compares between the baseline's points, and only where both have some", () => {
    const sparse: Points = { x: [0, 100], y: [0, 100] };
    expect(
      partingOf(
        steps(300, (i) => i),
        sparse,
      ),
    ).toBeNull();
    expect(partingOf({ x: [1000, 2000], y: [5, 5] }, sparse)).toBeNull();
    expect(partingOf(sparse, { x: [], y: [] })).toBeNull();
  });

  it("takes all points of a metric that has but a few", () => {
    expect(partingOf({ x: [10, 20], y: [0.5, 0.5] }, { x: [10, 20], y: [0.9, 0.9] })).toBe(10);
    expect(partingOf({ x: [10, 20], y: [0.9, 0.5] }, { x: [10, 20], y: [0.9, 0.9] })).toBeNull();
  });

  it("says of buckets where the first one begins, and puts what isn't finite in its place", () => {
    const given = pointsOf({
      bucketed: true,
      run: "a",
      key: "loss",
      x: Float64Array.of(9, 29),
      x0: Float64Array.of(0, 20),
      min: Float32Array.of(0, 0),
      max: Float32Array.of(2, 2),
      last: Float32Array.of(1, 1),
      mean: Float32Array.of(1, 1),
      count: Float32Array.of(10, 10),
      total: 30,
      nonFinite: { nan: 10, up: 0, down: 0 },
      badKind: [],
      badX: Float64Array.of(15),
    });
    expect(given).toEqual({ x: [9, 15, 29], y: [1, Number.NaN, 1], from: [0, 15, 20] });
    expect(partingOf(given, { x: [0, 40], y: [3, 3] })).toBe(0);
  });
});
