// @vitest-environment jsdom
import { expect, test } from "vitest";
import { layColumns, moveColumn, type TableColumn, withColumn } from "./columns";

const column = (key: string): TableColumn => ({ key, label: key, group: "config", number: true, widthPx: 100 });
const all = ["a", "b", "c", "d", "e"].map(column);

test("a column comes in where it stands among all, wherever the others were moved to", () => {
  expect(withColumn(["a", "d"], "c", all)).toEqual(["a", "c", "d"]);
  expect(withColumn(["d", "a"], "b", all)).toEqual(["d", "a", "b"]);
  expect(withColumn([], "e", all)).toEqual(["e"]);
});

test("a column moves in front of another, or to the end", () => {
  expect(moveColumn(["a", "b", "c"], "c", "a")).toEqual(["c", "a", "b"]);
  expect(moveColumn(["a", "b", "c"], "a", null)).toEqual(["b", "c", "a"]);
  expect(moveColumn(["a", "b", "c"], "b", "b")).toEqual(["a", "b", "c"]);
});

test("columns lie side by side with their own widths, those kept at the left first", () => {
  const laid = layColumns(all, ["c", "gone"], { a: 60.4, b: 5, e: 9000 });
  expect(laid.fixed.map(({ key }) => key)).toEqual(["c"]);
  expect(laid.free.map(({ widthPx }) => widthPx)).toEqual([60, 48, 100, 800]);
  expect(laid.freeLeft).toEqual([0, 60, 108, 208]);
  expect([laid.fixedPx, laid.freePx]).toEqual([100, 1008]);
});
