import { expect, test } from "vitest";
import { pictureDifference } from "./pictureDifference";

const pixels = (...values: number[][]) => new Uint8ClampedArray(values.flat());

test("what is equal is black, what differs is as bright as it differs", () => {
  const found = pictureDifference(
    pixels([10, 20, 30, 255], [0, 0, 0, 255]),
    pixels([10, 20, 30, 255], [30, 0, 60, 255]),
    1,
  );
  expect([...found.pixels]).toEqual([0, 0, 0, 255, 30, 0, 60, 255]);
  expect([found.share, found.mean]).toEqual([0.5, 30]);
});

test("small differences are made stronger, and never brighter than white", () => {
  const found = pictureDifference(pixels([100, 0, 0, 255]), pixels([90, 200, 1, 255]), 8);
  expect([...found.pixels]).toEqual([80, 255, 8, 255]);
  expect(found.mean).toBeCloseTo(211 / 3);
});

test("what is transparent counts as black", () => {
  expect(pictureDifference(pixels([200, 9, 9, 0]), pixels([0, 0, 0, 255]), 1).share).toBe(0);
  expect(pictureDifference(pixels(), pixels(), 1)).toMatchObject({ share: 0, mean: 0 });
});
