import { describe, expect, test } from "vitest";
import { decimate } from "./decimate";
import type { Series } from "./frame";
import { interpolate, joinAt, nearestTo } from "./join";
import { indexAt, type Line, lineOf, nearestIndex, rangeOf } from "./line";
import { smooth } from "./smoothing";

const exact = (x: number[], y: number[]): Series => ({
  bucketed: false,
  run: "r",
  key: "k",
  total: x.length,
  nonFinite: { nan: 0, up: 0, down: 0 },
  badKind: [],
  badX: new Float64Array(0),
  x: Float64Array.from(x),
  y: Float64Array.from(y),
});
const line = (run: string, x: number[], y: number[]): Line => ({ ...lineOf(exact(x, y), { smooth: 0 }, 1), run });

describe("smoothing", () => {
  test("with weight zero changes nothing", () => {
    expect([...smooth([0, 1, 2], [3, 1, 2], 0, 2)]).toEqual([3, 1, 2]);
  });
  test("leaves a constant line constant, from its first point on", () => {
    for (const value of smooth([0, 1, 2, 10], [5, 5, 5, 5], 0.9, 10)) expect(value).toBeCloseTo(5, 12);
  });
  test("steps over a NaN without forgetting", () => {
    const out = smooth([0, 1, 2], [1, Number.NaN, 1], 0.6, 100);
    expect(out[1]).toBeNaN();
    expect(out[2]).toBeCloseTo(1);
  });
  test("weighs a distant point less than a near one", () => {
    const near = smooth([0, 1, 2, 1000], [0, 0, 1, 1], 0.9, 1000)[2]!;
    const far = smooth([0, 1, 900, 1000], [0, 0, 1, 1], 0.9, 1000)[2]!;
    expect(far).toBeGreaterThan(near);
  });
});

describe("a line", () => {
  test("is the exact points with no band when nothing hides behind it", () => {
    const drawn = lineOf(exact([0, 1], [2, 3]), { smooth: 0 }, 1);
    expect([...Array.from(drawn.y)]).toEqual([2, 3]);
    expect(drawn.low).toBeNull();
  });
  test("keeps what was logged faintly behind it once smoothed, unless nobody wants it", () => {
    const drawn = lineOf(exact([0, 1, 2], [0, 10, 0]), { smooth: 0.8 }, 2);
    expect(Array.from(drawn.faint!)).toEqual([0, 10, 0]);
    expect(drawn.y[1]).toBeLessThan(10);
    expect(lineOf(exact([0, 1], [0, 10]), { smooth: 0.8, original: false }, 2).faint).toBeUndefined();
  });
  test("gives its range between two x, the neighbours outside included, without what isn't positive on a log axis", () => {
    const lines = [line("a", [0, 1, 2, 3, 4], [9, -1, 2, 3, 99])];
    expect(rangeOf(lines, 2, 2.5, false)).toEqual([-1, 3]);
    expect(rangeOf(lines, 0, 4, true)).toEqual([2, 99]);
    expect(rangeOf([], 0, 1, false)).toBeNull();
  });
});

describe("a search on x", () => {
  test("finds the first element not below", () => {
    expect(indexAt([1, 3, 5], 3)).toBe(1);
    expect(indexAt([1, 3, 5], 6)).toBe(3);
  });
  test("finds the nearest", () => {
    expect(nearestIndex([0, 10, 20], 14)).toBe(1);
    expect(nearestIndex([], 1)).toBe(-1);
  });
});

describe("a join at an x", () => {
  const lines = [line("a", [0, 10], [1, 2]), line("b", [0, 4], [5, 6]), line("c", [0, 10], [1, Number.NaN])];
  test("orders by value, those that are no number last, and leaves out runs that ended before", () => {
    expect(joinAt(lines, 10, 1).map((value) => value.run)).toEqual(["a", "c"]);
    expect(joinAt(lines, 4, 1).map((value) => value.run)).toEqual(["b", "a", "c"]);
  });
  test("keeps the nearest to the pointer in their order", () => {
    const values = [5, 4, 3, 2, 1].map((y) => ({ run: String(y), line: lines[0]!, x: 0, y, index: 0 }));
    expect(nearestTo(values, 2.1, 2).map((value) => value.y)).toEqual([3, 2]);
  });
  test("interpolates between points and nowhere else", () => {
    expect(interpolate(lines[0]!, 5)).toBeCloseTo(1.5);
    expect(interpolate(lines[0]!, 11)).toBeNaN();
  });
});

describe("decimation", () => {
  test("keeps every peak and the ends", () => {
    const n = 100_000;
    const x = Float64Array.from({ length: n }, (_, i) => i);
    const y = Float64Array.from({ length: n }, (_, i) => (i === 54_321 ? 1e9 : i === 12_345 ? -1e9 : Math.sin(i)));
    const kept = decimate(x, y, 0, n - 1, 300);
    expect(kept.length).toBeLessThanOrEqual(301 * 4);
    expect(kept).toContain(54_321);
    expect(kept).toContain(12_345);
    expect(kept[0]).toBe(0);
    expect(kept.at(-1)).toBe(n - 1);
  });
  test("keeps every point when there are few", () => {
    expect([...decimate([0, 1, 2], [1, 2, 3], 0, 2, 100)]).toEqual([0, 1, 2]);
  });
  test("gives the points in the range and the next beyond, so that the line reaches the frame", () => {
    const x = [0, 1, 2, 3, 3, 4, 5, 6];
    expect([...decimate(x, x, 1.5, 3, 100)]).toEqual([1, 2, 3, 4, 5]);
    expect([...decimate(x, x, 7, 9, 100)]).toEqual([7]);
    expect([...decimate([], [], 0, 1, 100)]).toEqual([]);
  });
});
