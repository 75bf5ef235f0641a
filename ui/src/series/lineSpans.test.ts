import { expect, it } from "vitest";
import { allLines, hasLine, lineAt, lineSpans, placeOf } from "./lineSpans";

it("maps places to lines and back", () => {
  const spans = lineSpans([
    [2, 3],
    [10, 1],
    [20, 2],
  ]);
  const lines = [2, 3, 4, 10, 20, 21];
  expect(spans.total).toBe(6);
  expect(lines.map((_, place) => lineAt(spans, place))).toEqual(lines);
  expect(lines.map((line) => placeOf(spans, line))).toEqual([0, 1, 2, 3, 4, 5]);
  expect([0, 5, 15, 99].map((line) => placeOf(spans, line))).toEqual([0, 2, 3, 5]);
  expect([0, 2, 5, 10, 11, 21, 22].map((line) => hasLine(spans, line))).toEqual([
    false,
    true,
    false,
    true,
    false,
    true,
    false,
  ]);
  expect(lineAt(allLines(5), 3)).toBe(3);
  expect(hasLine(allLines(0), 0)).toBe(false);
});
