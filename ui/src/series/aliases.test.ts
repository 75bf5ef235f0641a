import { expect, test } from "vitest";
import { canBeAlias, typedNames } from "./aliases";

test("aliases are taken apart at commas, each once", () => {
  expect(typedNames(" production, staging two,production,,  ")).toEqual(["production", "staging two"]);
  expect(typedNames("")).toEqual([]);
  expect(typedNames("배포\u1100\u1161")).toEqual(["배포가"]);
});

test("a version's number and parts of paths are no aliases", () => {
  expect(["v3", "a/b", "a:b", "v3x", "v"].map(canBeAlias)).toEqual([false, false, false, true, true]);
});
