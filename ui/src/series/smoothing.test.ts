import { describe, expect, test } from "vitest";
import { type Smoothing, smooth } from "./smoothing";

const KINDS: Smoothing[] = ["weighted", "exponential", "gaussian", "mean"];
const x = Float64Array.from({ length: 400 }, (_, i) => i);
const wave = Float64Array.from(x, (at) => Math.sin(at / 40));
const noisy = Float64Array.from(wave, (value, i) => value + ((i * 7919) % 100) / 100 - 0.495);
const away = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Math.sqrt(Array.from(a, (value, i) => (value - b[i]!) ** 2).reduce((sum, part) => sum + part, 0) / a.length);

describe.each(KINDS)("smoothing by %s", (kind) => {
  test("leaves a flat line as it is, from its first point on", () => {
    const flat = smooth(x, new Float64Array(400).fill(3), 0.9, 400, kind);
    for (const value of flat) expect(value).toBeCloseTo(3, 9);
  });

  test("comes nearer to what is behind the noise", () => {
    const from = kind === "weighted" || kind === "exponential" ? 0.6 : 0.8;
    expect(away(smooth(x, noisy, from, 400, kind), wave)).toBeLessThan(away(noisy, wave) * 0.75);
  });

  test("keeps gaps, and isn't disturbed by them", () => {
    const holed = Float64Array.from(noisy);
    holed[100] = Number.NaN;
    holed[101] = Number.POSITIVE_INFINITY;
    const out = smooth(x, holed, 0.8, 400, kind);
    expect(out[100]).toBeNaN();
    expect(out[101]).toBeNaN();
    expect(Number.isFinite(out[102]!)).toBe(true);
    expect(Array.from(out).filter((value) => !Number.isFinite(value))).toHaveLength(2);
  });

  test("with a weight of nothing gives the line itself", () => {
    expect(smooth(x, noisy, 0, 400, kind)).toEqual(noisy);
  });
});

test("a running mean is the mean of as many points to either side", () => {
  const y = Float64Array.from([1, 2, 6, 4, 5, 9, 7]);
  const half = 2; // weight 2/3: (1 + w) / (1 - w) = 5 points
  const out = smooth(x.slice(0, 7), y, 2 / 3, 7, "mean");
  const naive = Array.from(y, (_, i) => {
    const reach = Math.min(half, i, y.length - 1 - i);
    const some = Array.from(y.slice(i - reach, i + reach + 1));
    return some.reduce((sum, value) => sum + value, 0) / some.length;
  });
  expect(Array.from(out)).toEqual(naive);
});

test("an exponential mean is the one of TensorBoard, debiased", () => {
  const out = smooth([0, 1, 2], [1, 2, 4], 0.5, 2, "exponential");
  expect(out[0]).toBeCloseTo(1);
  expect(out[1]).toBeCloseTo((0.5 * 0.5 * 1 + 0.5 * 2) / 0.75);
  expect(out[2]).toBeCloseTo((0.125 * 1 + 0.25 * 2 + 0.5 * 4) / 0.875);
});
