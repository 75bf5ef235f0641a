import { describe, expect, test } from "vitest";
import { COMPARISONS, type Filter, parseFilter, tryFilter, writeFilter } from "./filter";
import { completionAt } from "./filterComplete";
import { conditionOf, demands, narrowed, toggleCondition } from "./filterEdit";
import { readKey, readText, tokens, wordsOf, writeKey, writeText } from "./filterWords";

/** Numbers that are the same at every run. */
function dice(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 1664525 + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
}

const CHARACTERS = [..."aZ9 _-/.,:\"'\\`\n\tntd[](){}<>=~!한é🙂%&"];
const KEYS = [
  "state",
  "tags",
  "config.lr",
  "config.`my key`",
  "summary.val/acc",
  "`and`",
  "config.a.b-c",
  "한글",
  "loss",
];

function anyText(random: () => number): string {
  return Array.from(
    { length: Math.floor(random() * 9) },
    () => CHARACTERS[Math.floor(random() * CHARACTERS.length)],
  ).join("");
}

function anyValue(random: () => number): string {
  const choices = ["1e-3", "-30d", "true", "false", "null", "0", "+5", ".5", "12.", "-1.5E+3", "15m"];
  return random() < 0.5 ? writeText(anyText(random)) : choices[Math.floor(random() * choices.length)]!;
}

function anyFilter(random: () => number, depth = 0): Filter {
  const pick = <T>(of: readonly T[]): T => of[Math.floor(random() * of.length)]!;
  const key = pick(KEYS);
  const negated = random() < 0.5;
  if (depth < 4 && random() < 0.5) {
    if (random() < 0.25) return { kind: "not", node: anyFilter(random, depth + 1) };
    const nodes = Array.from({ length: 2 + Math.floor(random() * 3) }, () => anyFilter(random, depth + 1));
    return { kind: random() < 0.5 ? "and" : "or", nodes };
  }
  switch (Math.floor(random() * 5)) {
    case 0:
      return { kind: "compare", key, operator: pick(COMPARISONS), value: anyValue(random) };
    case 1:
      return { kind: "match", key, pattern: writeText(anyText(random)), negated };
    case 2:
      return {
        kind: "oneOf",
        key,
        values: Array.from({ length: Math.floor(random() * 4) }, () => anyValue(random)),
        negated,
      };
    case 3:
      return { kind: "exists", key };
    default: {
      const value = anyValue(random);
      return { kind: "contains", key, value: value === "null" ? "1" : value, negated };
    }
  }
}

describe("a filter expression", () => {
  test("read and written is the same tree, whatever it holds", () => {
    const random = dice(11);
    for (let n = 0; n < 3000; n++) {
      const filter = anyFilter(random);
      expect(parseFilter(writeFilter(filter)), writeFilter(filter)).toEqual(filter);
    }
  });

  test("coloured, split or broken off anywhere loses no character and ends in a place", () => {
    const random = dice(5);
    for (let n = 0; n < 1500; n++) {
      const whole = writeFilter(anyFilter(random));
      const text = whole.slice(0, Math.floor(random() * (whole.length + 1))) + (random() < 0.3 ? anyText(random) : "");
      expect(
        tokens(text)
          .map((token) => token.text)
          .join(""),
      ).toBe(text);
      const { trouble } = tryFilter(text);
      if (trouble) expect(trouble.at).toBeLessThanOrEqual(text.length);
      completionAt(text, text.length);
    }
  });

  test("of docs/api.md is understood", () => {
    const text = 'config.lr < 1e-3 and state = "finished" and ("baseline" in tags or name ~ "^resnet")';
    expect(writeFilter(parseFilter(text))).toBe(text);
    expect(parseFilter("  ")).toBeNull();
    expect(writeFilter(parseFilter("a == 1 AND not exists b or 'x' NOT IN tags"))).toBe(
      '(a = 1 and not exists b) or "x" not in tags',
    );
    expect(writeFilter(parseFilter('model not in ["a", 2, true] and created_at > -30d'))).toBe(
      'model not in ["a", 2, true] and created_at > -30d',
    );
  });

  test.each([
    ["config.lr <", 11, "value"],
    ["config.lr < resnet", 12, "value"],
    ["config.lr 3", 10, "operator"],
    ["", 0, null],
    ["and a = 1", 0, "key"],
    ["a = 1 b", 6, "end"],
    ["(a = 1", 6, "close"],
    ['a = "open', 4, "quote"],
    ["exists `open", 7, "backtick"],
    ["a = 1 and € = 2", 10, "character"],
    ["a in 3", 5, "list"],
    ["a in [1 2]", 8, "listEnd"],
    ["a ~ 3", 4, "pattern"],
    ["3 = a", 2, "in"],
  ])("%s says at %d that %s was expected", (text, at, expected) => {
    const { trouble } = tryFilter(text);
    expect(trouble && [trouble.at, trouble.expected]).toEqual(expected === null ? null : [at, expected]);
  });

  test("is no deeper than the server reads", () => {
    expect(tryFilter(`${"(".repeat(32)}a = 1${")".repeat(32)}`).trouble).toBeNull();
    expect(tryFilter(`${"(".repeat(33)}a = 1${")".repeat(33)}`).trouble?.expected).toBe("depth");
  });

  test("names keys and texts as the server reads them", () => {
    for (const key of [
      "config.lr",
      "config.my key",
      "summary.val/acc",
      "config.한글",
      "config.a.b c.d",
      "and",
      "config.and",
    ]) {
      const written = writeKey(key)!;
      expect(wordsOf(written).words.map((word) => [word.kind, readKey(word.text)])).toEqual([["key", key]]);
    }
    expect(writeKey("config.a`b")).toBeNull();
    expect(writeText("^resnet\\d+")).toBe('"^resnet\\d+"');
    for (const text of ["\\n", "\n", 'a"b', "\\\\d", "c:\\temp", "\\"]) expect(readText(writeText(text))).toBe(text);
  });
});

describe("a condition", () => {
  const running = parseFilter('state = "running"')!;
  test("comes and goes without touching the others", () => {
    const filter = parseFilter("lr < 1 and (a = 1 or b = 2)");
    const more = toggleCondition(filter, running);
    expect(writeFilter(more)).toBe('lr < 1 and (a = 1 or b = 2) and state = "running"');
    expect(demands(more, running)).toBe(true);
    expect(writeFilter(toggleCondition(more, running))).toBe(writeFilter(filter));
    expect(toggleCondition(running, running)).toBeNull();
  });
  test("narrows an expression that has an or", () => {
    expect(narrowed("a = 1 or b = 2", [running])).toBe('(a = 1 or b = 2) and state = "running"');
    expect(narrowed(" ", [running])).toBe('state = "running"');
  });
  test("picks the runs of a group", () => {
    const said = (key: string, value: unknown) => {
      const condition = conditionOf(key, value);
      return condition && writeFilter(condition);
    };
    expect(said("config.my key", 'a "b"')).toBe('config.`my key` = "a \\"b\\""');
    expect(said("config.lr", 1e-7)).toBe("config.lr = 1e-7");
    expect(said("config.lr", null)).toBe("not exists config.lr");
    expect(said("config.on", true)).toBe("config.on = true");
    expect(said("config.n", { _type: "number", value: "9007199254740993", float: 9007199254740992 })).toBe(
      "config.n = 9007199254740993",
    );
    expect(said("config.n", { _type: "number", value: "NaN" })).toBeNull();
    expect(said("tags", ["a"])).toBeNull();
  });
});

describe("completion", () => {
  const at = (text: string) => {
    const caret = text.indexOf("|");
    const found = completionAt(text.replace("|", ""), caret);
    return found && [found.expects, found.begun, found.key ?? ""];
  };
  test.each([
    ["|", ["key", "", ""]],
    ["val|", ["key", "val", ""]],
    ["config.lr |", ["operator", "", "config.lr"]],
    ["config.lr < |", ["value", "", "config.lr"]],
    ['state = "fin|', ["value", "fin", "state"]],
    ["state = fin|", ["value", "fin", "state"]],
    ['state in ["a", |', ["value", "", "state"]],
    ["a = 1 |", ["join", "", ""]],
    ["a = 1 and |", ["key", "", ""]],
    ['"x" in |', ["key", "", ""]],
    ["exists conf|", ["key", "conf", ""]],
    ["(a = 1 or b|", ["key", "b", ""]],
    ["a b c |", null],
  ])("%s", (text, expected) => expect(at(text)).toEqual(expected));
});
