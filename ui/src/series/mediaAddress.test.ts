import { expect, test } from "vitest";
import { type MediaChoices, NO_CHOICES, readMediaChoices, writeMediaChoices } from "./mediaAddress";

const CHOICES: MediaChoices = {
  all: 40,
  sections: { val: null },
  panels: { "val/pred, all": 120 },
  overlays: { "val/pred": { hiddenGroups: ["truth"], hiddenClasses: ["0", "7"], leastScore: 0.5, opacity: 0.5 } },
  mode: "wipe",
  compared: [
    { run: "a", step: 3 },
    { run: "b", step: null },
  ],
};

test("what was chosen comes back from the address as it was", () => {
  expect(readMediaChoices(writeMediaChoices(CHOICES))).toEqual(CHOICES);
  expect(writeMediaChoices(NO_CHOICES)).toEqual([]);
  expect(readMediaChoices([])).toEqual(NO_CHOICES);
});

test("switches that were all put on again are a choice too", () => {
  const choices = {
    ...NO_CHOICES,
    overlays: { k: { hiddenGroups: [], hiddenClasses: [], leastScore: 0, opacity: 0.5 } },
  };
  expect(readMediaChoices(writeMediaChoices(choices))).toEqual(choices);
});

test("what makes no sense is passed over, and what is long stays out", () => {
  expect(readMediaChoices(["step", "", "x", "score", "k", "7", "mode", "", "up", "what"])).toEqual(NO_CHOICES);
  const many = Object.fromEntries(Array.from({ length: 400 }, (_, i) => [`key/${i}`, i]));
  expect(writeMediaChoices({ ...CHOICES, panels: many })).toEqual([]);
});
