/** Some of many lines, as spans: which line stands at which place, and the other way around. Pure. */

export interface LineSpans {
  /** How many lines there are in all spans. */
  total: number;
  /** First line of each span, and how many lines the spans before it have. */
  firsts: number[];
  before: number[];
}

/** Makes spans of (first line, lines), which come in order. */
export function lineSpans(spans: readonly (readonly [number, number])[]): LineSpans {
  const firsts: number[] = [];
  const before: number[] = [];
  let total = 0;
  for (const [first, count] of spans) {
    firsts.push(first);
    before.push(total);
    total += count;
  }
  return { total, firsts, before };
}

/** Every line of so many, as one span. */
export const allLines = (total: number): LineSpans => lineSpans(total > 0 ? [[0, total]] : []);

/** Index of the last element that isn't above a value; −1: all are. */
function lastUpTo(values: number[], value: number): number {
  let low = 0;
  let high = values.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (values[middle]! <= value) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Gives the line that stands at a place. */
export function lineAt({ firsts, before }: LineSpans, place: number): number {
  const at = Math.max(lastUpTo(before, place), 0);
  return (firsts[at] ?? 0) + place - (before[at] ?? 0);
}

/** Gives the place of a line, or of the nearest one before it that is in a span. */
export function placeOf({ firsts, before, total }: LineSpans, line: number): number {
  const at = lastUpTo(firsts, line);
  if (at < 0) return 0;
  const end = before[at + 1] ?? total;
  return Math.min(before[at]! + line - firsts[at]!, Math.max(end - 1, 0));
}

/** Whether a line is in a span. */
export const hasLine = (spans: LineSpans, line: number): boolean =>
  spans.total > 0 && lineAt(spans, placeOf(spans, line)) === line;
