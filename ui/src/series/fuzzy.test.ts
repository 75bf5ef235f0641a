import { describe, expect, test } from "vitest";
import { fuzzy } from "./fuzzy";

describe("a fuzzy search", () => {
  const names = ["optim.lr", "val/acc", "val/loss", "train/val_accuracy", "vocab_size", "largest"];
  const found = (letters: string) => fuzzy(letters, names, (name) => name);
  test("finds letters in their order, whole parts and beginnings of words first", () => {
    expect(found("lr").slice(0, 2)).toEqual(["optim.lr", "largest"]);
    expect(found("vacc")[0]).toBe("val/acc");
    expect(found("acc")).toEqual(["val/acc", "train/val_accuracy"]);
    expect(found("valloss")).toEqual(["val/loss"]);
    expect(found("zz")).toEqual([]);
    expect(found(" ")).toEqual(names);
  });
});
