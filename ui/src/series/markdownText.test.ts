import { expect, test } from "vitest";
import { firstSentence } from "./markdownText";

test("a list says of a text what its first paragraph says, without marks", () => {
  expect(firstSentence("# Churn\n\nPredicts **who** leaves,\nsee [docs](http://x).\n\nMore.")).toBe(
    "Predicts who leaves, see docs.",
  );
  expect(firstSentence("- one\n- two\n\nThen this")).toBe("Then this");
  expect(firstSentence("# Only a heading")).toBe("Only a heading");
  expect(firstSentence("")).toBe("");
});
