import { expect, test } from "vitest";
import { contrastOf, LEAST_CONTRAST, readableOn, readColour } from "./colour";

test("a colour is read as it is written, and nothing else is one", () => {
  expect(readColour("#0a10ff")).toEqual([10, 16, 255]);
  for (const wrong of ["red", "#fff", "#12345g", "rgb(1,2,3)", ""]) expect(readColour(wrong)).toBeNull();
});

test("black on white has the most contrast there is", () => {
  expect(contrastOf([0, 0, 0], [255, 255, 255])).toBeCloseTo(21);
});

test("what can't be seen is made darker on light and lighter on dark, no more than it takes", () => {
  expect(readableOn("#1a56db", "#ffffff")).toBe("#1a56db");
  for (const [pale, ground] of [
    ["#ffff00", "#ffffff"],
    ["#101010", "#15181d"],
  ] as const) {
    const seen = contrastOf(readColour(readableOn(pale, ground))!, readColour(ground)!);
    expect(seen).toBeGreaterThanOrEqual(LEAST_CONTRAST);
    expect(seen).toBeLessThan(LEAST_CONTRAST + 0.7);
  }
});
