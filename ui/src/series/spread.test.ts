import { expect, test } from "vitest";
import { spreadOf } from "./spread";

test("a spread is that of the finite values, with quartiles between neighbours", () => {
  expect(spreadOf([4, 1, Number.NaN, 3, 2])).toEqual({
    n: 4,
    mean: 2.5,
    min: 1,
    max: 4,
    std: Math.sqrt(5 / 3),
    q1: 1.75,
    median: 2.5,
    q3: 3.25,
  });
  expect(spreadOf([7])).toMatchObject({ n: 1, std: 0, median: 7 });
  expect(spreadOf([Number.POSITIVE_INFINITY])).toBeNull();
});
