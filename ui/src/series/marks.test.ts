import { expect, test } from "vitest";
import { changeMark, MAX_MARKS, readMarks } from "./marks";

const mark = (x: number, text = "here") => ({ x, over: "step", text });

test("marks are added in order, moved, and taken away", () => {
  const two = changeMark(changeMark([], null, mark(20)), null, mark(10));
  expect(two.map(({ x }) => x)).toEqual([10, 20]);
  expect(changeMark(two, 0, mark(30, "moved")).map(({ text }) => text)).toEqual(["here", "moved"]);
  expect(changeMark(two, 1, null)).toEqual([mark(10)]);
});

test("what makes no sense is left out, and too many are not kept", () => {
  const kept = [mark(1), { x: "2" }, null, { x: 3, text: 4, over: "step" }, { x: Number.NaN, text: "", over: "step" }];
  expect(readMarks({ marks: kept as never })).toEqual([mark(1)]);
  expect(readMarks({ marks: "no" as never })).toEqual([]);
  expect(readMarks({ marks: Array.from({ length: 80 }, (_, x) => mark(x)) })).toHaveLength(MAX_MARKS);
});
