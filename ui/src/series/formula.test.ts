// biome-ignore-all lint/suspicious/noTemplateCurlyInString: a formula names metrics in such braces.
import { describe, expect, test } from "vitest";
import { FormulaError, overRun, readFormula } from "./formula";

const value = (text: string, ...values: number[]) => readFormula(text).value(values);

describe("a formula", () => {
  test("computes as one would on paper", () => {
    expect(value("${a} + 2 * 3", 1)).toBe(7);
    expect(value("(${a} + 2) * 3", 1)).toBe(9);
    expect(value("-${a} ** 2", 3)).toBe(-9);
    expect(value("2 ** 3 ** ${a}", 2)).toBe(512);
    expect(value("${a} / ${b} % 4", 9, 2)).toBe(0.5);
    expect(value("max(${a}, sqrt(${b})) - 1e-1", 1, 16)).toBeCloseTo(3.9);
  });

  test("knows its references, each once, in the order they come", () => {
    expect(readFormula("${train/loss} / ${summary:best} - train/loss * ${config:optim.lr}").references).toEqual([
      { of: "metric", key: "train/loss" },
      { of: "summary", key: "best" },
      { of: "config", key: "optim.lr" },
    ]);
  });

  test("takes a bare name for a metric", () => {
    expect(readFormula("val/acc * 100").references).toEqual([{ of: "metric", key: "val/acc" }]);
  });

  test.each(["", "1 + 2", "${a} +", "(${a}", "${a} ${b}", "alert(1)", "${a}; x", "constructor(${a})", "((".repeat(80)])(
    "that is none says so: %s",
    (text) => {
      expect(() => readFormula(text)).toThrow(FormulaError);
    },
  );
});

describe("over a run", () => {
  const formula = readFormula("${a} - ${b} * ${config:k}");
  const a = { x: [0, 1, 2, 3], y: [10, 20, 30, 40] };

  test("joins metrics where they have points, and between them", () => {
    const b = { x: [0, 2], y: [0, 4] };
    const found = overRun(
      formula,
      new Map([
        [0, a],
        [1, b],
      ]),
      new Map([[2, 10]]),
    )!;
    expect(Array.from(found.x)).toEqual([0, 1, 2, 3]);
    expect(Array.from(found.y)).toEqual([10, 0, -10, Number.NaN]);
  });

  test("is nothing for a run that lacks a metric, and NaN for one that lacks a value", () => {
    expect(
      overRun(
        formula,
        new Map([
          [0, a],
          [1, null],
        ]),
        new Map(),
      ),
    ).toBeNull();
    expect(
      Array.from(
        overRun(
          formula,
          new Map([
            [0, a],
            [1, a],
          ]),
          new Map(),
        )!.y,
      ),
    ).toEqual([NaN, NaN, NaN, NaN]);
  });
});
