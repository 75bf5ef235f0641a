import { expect, it } from "vitest";
import { endLabels } from "./endLabels";

it("moves labels apart by a row at most, and leaves out what has no room", () => {
  const at = (...ys: number[]) =>
    endLabels(
      ys.map((y, i) => ({ id: `${i}`, y })),
      200,
      16,
    ).map(({ id, y }) => [id, y]);
  expect(at(50, 20)).toEqual([
    ["1", 20],
    ["0", 50],
  ]);
  expect(at(50, 52, 53)).toEqual([
    ["0", 50],
    ["1", 66],
  ]);
  expect(at(0, 200)).toEqual([
    ["0", 8],
    ["1", 192],
  ]);
});
