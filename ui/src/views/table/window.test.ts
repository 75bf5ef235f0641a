import { describe, expect, test } from "vitest";
import { windowOf } from "./window";

const lefts = Array.from({ length: 60 }, (_, i) => i * 100);
const at = (top: number, left: number) =>
  windowOf({ top, left, heightPx: 560, widthPx: 1000 }, 10_000, 28, lefts, 6000);

describe("the window of a table", () => {
  test("holds everything that is seen, and little more, wherever it is", () => {
    for (const top of [0, 13, 28, 12_345, 279_440]) {
      for (const left of [0, 40, 100, 2550, 5000]) {
        const window = at(top, left);
        expect(window.first * 28).toBeLessThanOrEqual(top);
        expect(Math.min(top + 560, 280_000)).toBeLessThanOrEqual(window.last * 28);
        expect(window.last - window.first).toBeLessThanOrEqual(40);
        expect(lefts[window.firstColumn]).toBeLessThanOrEqual(left);
        expect(window.lastColumn * 100).toBeGreaterThanOrEqual(left + 1000);
        expect(window.lastColumn - window.firstColumn).toBeLessThanOrEqual(18);
      }
    }
  });

  test("says which columns and rows are seen whole", () => {
    const window = at(28 * 100, 600);
    expect([window.seenFirstColumn, window.seenLastColumn]).toEqual([6, 16]);
    expect([window.seenFirst, window.seenLast]).toEqual([100, 120]);
    expect([at(0, 650).seenFirstColumn, at(0, 650).seenLastColumn]).toEqual([7, 16]);
  });

  test("stays as it is while less than a block is scrolled", () => {
    const { first, last } = at(28 * 100 + 1, 0);
    expect([at(28 * 102, 0).first, at(28 * 102, 0).last]).toEqual([first, last]);
  });

  test("of no lines and no columns is empty", () => {
    const window = windowOf({ top: 0, left: 0, heightPx: 500, widthPx: 900 }, 0, 28, [], 0);
    expect([window.first, window.last, window.lastColumn]).toEqual([0, 0, 0]);
  });
});
