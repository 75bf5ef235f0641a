import { describe, expect, it } from "vitest";
import { chartRows, rawText, readOperand, tablePaths, writeRows } from "./loggedTable";

const NAN = { _type: "number", value: "NaN" };
const HUGE = { _type: "number", value: "1152921504606846977", float: 2 ** 60 };

describe("logged tables", () => {
  it("are one file, or those of a growing table in their order", () => {
    expect(tablePaths({ path: "a" })).toEqual(["a"]);
    expect(tablePaths({ path: "c", previous_increments_paths: ["a", "b"] })).toEqual(["a", "b", "c"]);
    expect(tablePaths({})).toEqual([]);
  });

  it("compare numbers as numbers and text as text", () => {
    expect(readOperand(" 1e3 ", "number", ">")).toBe(1000);
    expect(readOperand("7", "text", "=")).toBe("7");
    expect(readOperand("7", "mixed", "contains")).toBe("7");
    expect(readOperand("True", "bool", "=")).toBe(true);
  });

  it("become a chart's data with the run's name, NaN as NaN, a column called name as it is", () => {
    expect(chartRows(["x", "y"], [{ cells: [1, NAN] }], "run")).toEqual([{ name: "run", x: 1, y: Number.NaN }]);
    expect(chartRows(["name"], [{ cells: ["own"] }], "run")).toEqual([{ name: "own" }]);
  });

  it("are written with every digit, and without formulas that a spreadsheet would run", () => {
    expect(rawText(HUGE)).toBe("1152921504606846977");
    expect(rawText({ a: [NAN] })).toBe('{"a":["NaN"]}');
    const text = writeRows(["a", "b,c"], [{ cells: ["=1+1", null] }, { cells: [-2.5, 'say "hi"'] }]);
    expect(text).toBe('a,"b,c"\r\n\'=1+1,\r\n-2.5,"say ""hi"""');
  });
});
