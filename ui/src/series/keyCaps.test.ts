import { expect, test } from "vitest";
import { capsOf } from "./keyCaps";

test("keys are shown as the keyboard shows them", () => {
  expect(capsOf("mod+k", true)).toEqual(["⌘K"]);
  expect(capsOf("mod+shift+z", false)).toEqual(["Ctrl ⇧Z"]);
  expect(capsOf("shift+n", true)).toEqual(["⇧N"]);
  expect(capsOf("g w", true)).toEqual(["g", "w"]);
  expect(capsOf(" ", true)).toEqual(["Space"]);
  expect(capsOf("ArrowLeft", false)).toEqual(["←"]);
  expect(capsOf("?", false)).toEqual(["?"]);
});
