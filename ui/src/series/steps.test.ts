import { describe, expect, test } from "vitest";
import { joinSteps, newestUpTo, stepBy } from "./steps";

describe("steps", () => {
  test("of several runs are joined in order, each once", () => {
    expect(joinSteps([[0, 10, 30], [5, 10], []])).toEqual([0, 5, 10, 30]);
  });

  test("between two logged ones mean the newest before", () => {
    expect(newestUpTo([0, 10, 30], 29)).toBe(10);
    expect(newestUpTo([0, 10, 30], 30)).toBe(30);
    expect(newestUpTo([5, 10], 4)).toBeNull();
    expect(newestUpTo([5, 10], null)).toBe(10);
    expect(newestUpTo([], null)).toBeNull();
  });

  test("are gone through one by one, from between them too, and end at the ends", () => {
    expect(stepBy([0, 10, 30], 10, 1)).toBe(30);
    expect(stepBy([0, 10, 30], 12, 1)).toBe(30);
    expect(stepBy([0, 10, 30], 12, -1)).toBe(0);
    expect(stepBy([0, 10, 30], null, -1)).toBe(10);
    expect(stepBy([0, 10, 30], 30, 5)).toBe(30);
    expect(stepBy([5, 10], 1, 1)).toBe(5);
    expect(stepBy([], 1, 1)).toBeNull();
  });
});
