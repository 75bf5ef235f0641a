import { describe, expect, test } from "vitest";
import { inOrder, pressed, share, slices } from "./storage";

describe("rows of sizes", () => {
  const rows = [
    { name: "run-10", size: 5 },
    { name: "run-9", size: 70 },
    { name: "b", size: 5 },
  ];
  test("are ordered by a column, and by name where it is the same", () => {
    const names = (value: (row: (typeof rows)[0]) => number | string, descending: boolean) =>
      inOrder(rows, value, (row) => row.name, descending).map((row) => row.name);
    expect(names((row) => row.size, true)).toEqual(["run-9", "b", "run-10"]);
    expect(names((row) => row.size, false)).toEqual(["b", "run-10", "run-9"]);
    expect(names((row) => row.name, false)).toEqual(["b", "run-9", "run-10"]);
  });
  test("turn their order with a second press; sizes begin with the largest, names with a", () => {
    const order = { by: "size" as "size" | "name", descending: true };
    expect(pressed(order, "size", ["name"])).toEqual({ by: "size", descending: false });
    expect(pressed(order, "name", ["name"])).toEqual({ by: "name", descending: false });
    expect(pressed({ by: "name", descending: false }, "size", ["name"])).toEqual({ by: "size", descending: true });
  });
  test("have bars in which something is never nothing", () => {
    expect([share(0, 10), share(1, 1e9), share(10, 10), share(5, 10), share(5, 0)]).toEqual([0, 1, 100, 50, 0]);
  });
});

test("a disk is divided into all that is on it", () => {
  expect(
    slices(100, 40, [
      ["blobs", 10],
      ["catalog", 0],
    ]),
  ).toEqual([
    { key: "blobs", bytes: 10, width: 10 },
    { key: "others", bytes: 50, width: 50 },
    { key: "free", bytes: 40, width: 40 },
  ]);
  expect(slices(100, 40, [["blobs", 90]]).map((one) => one.key)).toEqual(["blobs", "free"]);
});
