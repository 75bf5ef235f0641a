/** Both catalogues say the same things: no text is missing, empty, left in English, or broken by a particle. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { en } from "./en";
import { logs as enLogs } from "./en/logs";
import { record as enRecord } from "./en/record";
import { system as enSystem } from "./en/system";
import { ko } from "./ko";
import { logs as koLogs } from "./ko/logs";
import { record as koRecord } from "./ko/record";
import { system as koSystem } from "./ko/system";

type Text = string | ((...given: never[]) => unknown) | { [name: string]: Text };

/** Names that both languages write alike: of products, formats, and the words of queries and of the API. */
const NAMES =
  /^(Runwell|runwell|wandb|Python|English|한국어|Config|Summary|ID|x|y|git|err|GPU|CPU|CUDA|JSON|CSV|PNG|SVG|Parquet|Markdown|Vega)$/;

/** Gives every text under its path; functions are called with 3, 5, 7 … for what they are given. */
function flat(text: Text, path = ""): Map<string, string> {
  if (typeof text === "string") return new Map([[path, text]]);
  if (typeof text === "function") {
    const given = (path === "day" ? [new Date(0)] : [3, 5, 7, 11, 13].slice(0, Math.max(text.length, 1))) as never[];
    return flat(text(...given) as Text, `${path}()`);
  }
  return new Map(Object.entries(text).flatMap(([name, one]) => [...flat(one, path ? `${path}.${name}` : name)]));
}

const english = flat({ ...en, logs: enLogs, record: enRecord, system: enSystem } as unknown as Text);
const korean = flat({ ...ko, logs: koLogs, record: koRecord, system: koSystem } as unknown as Text);

describe("the Korean catalogue", () => {
  test("has the English one's texts, and no others", () => {
    expect([...korean.keys()].sort()).toEqual([...english.keys()].sort());
  });

  test("leaves no text empty that English has", () => {
    const parts = (path: string) => /\.\d+$/.test(path); // a sentence in pieces may need fewer of them
    const empty = [...english].filter(([path, text]) => text.trim() && !korean.get(path)?.trim() && !parts(path));
    expect(empty).toEqual([]);
  });

  test("leaves no text in English, but names", () => {
    const known = (text: string) => text.split(/[^\p{L}]+/u).every((word) => !word || NAMES.test(word));
    const left = [...korean].filter(([path, text]) => !/[가-힣]/.test(text) && !known(text) && !ALIKE.has(path));
    expect(left).toEqual([]);
  });

  test("puts no particle behind a name whose last sound nobody knows", () => {
    const wrong: string[] = [];
    const folder = join(import.meta.dirname, "ko");
    for (const name of readdirSync(folder)) {
      for (const line of readFileSync(join(folder, name), "utf8").split("\n")) {
        if (/\$\{(?!runs\()[^}]*\}(을|를|은|는|이|가|과|와|으로|로)(?=[ .,`])/.test(line))
          wrong.push(`${name}: ${line.trim()}`);
      }
    }
    expect(wrong).toEqual([]);
  });
});

/** Texts of figures and given names alone. */
const ALIKE = new Set([
  "day()",
  "dayAndTime()",
  "title()",
  "run.branch()",
  "start.loginHint().1",
  "panelKinds.vegaHint",
]);
