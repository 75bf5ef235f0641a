/** Two logs line by line, what the clock wrote into them aside if asked for. Pure. */
import { stripAnsi } from "./ansi";
import { changesOf, type LineChange } from "./diff";

/** Dates and clocks: `2026-11-23T08:27:50.123Z`, `11/23/26`, `08:27:50`, and how long things took: `1.2s`, `3.4it/s`. */
const TIMES =
  /\d{4}-\d\d-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:[.,]\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?|\d\d?\/\d\d?\/\d\d(?:\d\d)?|\d+:\d\d(?::\d\d)?(?:[.,]\d+)?|\b\d+(?:\.\d+)?\s?(?:it\/s|s\/it|ms|µs|s|sec|seconds)\b/g;

const FIGURES = /[-+]?\d+(?:[.,]\d+)*(?:e[-+]?\d+)?|\b(?:nan|inf|infinity)\b/gi;

/**
 * Compares two logs. Lines that differ in their figures alone stand below one another, the older first.
 *
 * @param times whether what the clock wrote counts.
 */
export function logChanges(before: string[], after: string[], times: boolean): LineChange[] {
  const plain = (lines: string[]) => lines.map((line) => stripAnsi(line).trimEnd());
  const said = (line: string) => (times ? line : line.replace(TIMES, "·"));
  const aligned = changesOf(plain(before), plain(after), (line) => line.replace(TIMES, "·").replace(FIGURES, "#"));
  return aligned.flatMap((line): LineChange[] => {
    const { was, text, n } = line;
    if (!was || said(was.text) === said(text)) return [line];
    return [
      { kind: "removed", ...was },
      { kind: "added", text, n },
    ];
  });
}

/** Gives the number (from 1) of the newer log's first line that isn't the older one's; null: they are equal. */
export function firstDifference(lines: LineChange[]): number | null {
  const at = lines.findIndex(({ kind }) => kind !== "same");
  return at < 0 ? null : at + 1;
}
