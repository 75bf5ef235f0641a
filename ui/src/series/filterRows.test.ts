import { describe, expect, test } from "vitest";
import { parseFilter, writeFilter } from "./filter";
import { filterOf, rowsOf, splitTyped, writeTyped } from "./filterRows";

const noTexts = () => false;
const through = (expression: string, isText = noTexts as (key: string) => boolean) =>
  writeFilter(filterOf(rowsOf(parseFilter(expression)), isText));

describe("rows of a filter", () => {
  test.each([
    'config.lr < 1e-3 and state = "finished" and ("baseline" in tags or name ~ "^resnet\\d")',
    "a = 1",
    'a = "1" and b = "true" and c = "-30d" and d = " padded " and e = ""',
    "created_at > -30d and ok = true and gone = null",
    'model in ["a", "b, c", 2, "3"] and model not in ["x"]',
    '(a = 1 or not exists b) and (exists c or (d != 2 and "t" not in tags))',
    'not (a = 1 or b = 2) and c !~ "x"',
    'config.`my key` = "it\'s \\"quoted\\""',
    'name ~ "5" and "5" in tags and 5 in list',
  ])("say the same: %s", (expression) => expect(through(expression)).toBe(expression));

  test("of a key that holds texts only take what is typed as text", () => {
    const filter = filterOf({ kind: "row", key: "name", operator: "=", value: "5" }, (key) => key === "name");
    expect(writeFilter(filter)).toBe('name = "5"');
    expect(writeTyped("5", false)).toBe("5");
    expect(writeTyped("vit", false)).toBe('"vit"');
    expect(splitTyped('a, "b, c" ,d')).toEqual(["a", '"b, c"', "d"]);
  });

  test("that aren't finished, or whose key is none, are left out", () => {
    const row = (key: string, value: string) => ({ kind: "row", key, operator: "=", value }) as const;
    const rows = [row("", "1"), row("a", ""), row("two words", "1"), row("b", "2")];
    expect(writeFilter(filterOf({ kind: "group", join: "or", rows }, noTexts))).toBe("b = 2");
    expect(filterOf({ kind: "group", join: "and", rows: [] }, noTexts)).toBeNull();
    expect(filterOf({ kind: "raw", text: "not (" }, noTexts)).toBeNull();
  });
});
