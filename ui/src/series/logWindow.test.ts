import { describe, expect, it } from "vitest";
import { LINE_PX, logWindow, rowsOf, shareFor, tallOf } from "./logWindow";

const HEIGHT = 360;
/** Where a line's top stands in the window when every line is one row, in px. */
const topOf = (line: number, seen: ReturnType<typeof logWindow>) =>
  seen.anchorPx - (seen.anchor + seen.part - line) * LINE_PX;

describe("a window over a log", () => {
  it("shows the first line at its top, and the end of the last one at its bottom", () => {
    const tall = tallOf(1000);
    expect(topOf(0, logWindow(1000, tall, HEIGHT, 0))).toBe(0);
    expect(topOf(1000, logWindow(1000, tall, HEIGHT, tall - HEIGHT))).toBeCloseTo(HEIGHT);
  });

  it("moves lines of one row by as much as is scrolled", () => {
    const tall = tallOf(1000);
    const before = topOf(500, logWindow(1000, tall, HEIGHT, 8000));
    expect(topOf(500, logWindow(1000, tall, HEIGHT, 8100))).toBeCloseTo(before - 100);
  });

  it("stands still where everything fits", () => {
    expect(logWindow(3, tallOf(3), HEIGHT, 0)).toEqual({ from: 0, to: 3, anchor: 0, part: 0, anchorPx: 0 });
    expect(logWindow(0, 0, HEIGHT, 0).to).toBe(0);
  });

  it("lays out what is seen at every point of a log that is taller than a browser scrolls", () => {
    const total = 5_000_000;
    const tall = tallOf(total);
    expect(tall).toBeLessThan(17_000_000);
    for (const share of [0, 0.3, 0.99999, 1]) {
      const seen = logWindow(total, tall, HEIGHT, share * (tall - HEIGHT));
      expect(topOf(seen.from, seen)).toBeLessThanOrEqual(0);
      expect(topOf(seen.to, seen)).toBeGreaterThanOrEqual(HEIGHT - 0.01);
    }
  });

  it("finds how far to scroll for a line: at the top, at the middle, and anywhere where lines are wrapped", () => {
    const tall = tallOf(1000);
    const at = (share: number) => logWindow(1000, tall, HEIGHT, share * (tall - HEIGHT));
    expect(topOf(500, at(shareFor(500, 1000, HEIGHT / LINE_PX, false)))).toBeCloseTo(0);
    expect(topOf(500, at(shareFor(500, 1000, HEIGHT / LINE_PX, true)))).toBeCloseTo(HEIGHT / 2);
    expect(at(shareFor(500, 1000, null, true)).anchor).toBe(500);
    expect(at(shareFor(999, 1000, null, true)).anchor).toBe(999);
  });

  it("counts the rows of a wrapped text", () => {
    expect([rowsOf(0, 80), rowsOf(80, 80), rowsOf(81, 80), rowsOf(5, 0)]).toEqual([1, 1, 2, 5]);
  });
});
