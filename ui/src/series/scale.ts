/** Places for values of runs on an axis: numbers by size, or by power; texts and truths in a row. */

import { roundTicks } from "./chartExport";
import { plain } from "./format";
import { byName } from "./names";
import { asNumber, type Json } from "./tagged";
import { axisLabels, logLabels } from "./ticks";

export interface Scale {
  kind: "number" | "category";
  log: boolean;
  /** Where a value lies, 0 to 1; NaN for what has no place: missing, not finite, not positive on a log axis. */
  place(value: Json | null | undefined): number;
  /** The number or text at a place. */
  at(place: number): number | string;
  /** Marks with their places. */
  ticks: { place: number; label: string }[];
}

const textOf = (value: Json | null | undefined): string | null =>
  value === null || value === undefined ? null : typeof value === "string" ? value : plain(value);

/** Marks of categories beyond it would lie over one another. */
const MAX_MARKS = 24;

/**
 * Makes the scale of a column.
 *
 * @param values of all runs: where nine of ten that there are are numbers, it is a scale of numbers.
 * @param about how many marks it has room for.
 */
export function scaleOf(values: readonly (Json | null | undefined)[], log: boolean, about = 5): Scale {
  const there = values.filter((value) => value !== null && value !== undefined);
  const numbers = there.map(asNumber).filter((value): value is number => value !== null && Number.isFinite(value));
  if (numbers.length > 0 && numbers.length >= there.length * 0.9) {
    const usable = log ? numbers.filter((value) => value > 0) : numbers;
    let low = Number.POSITIVE_INFINITY;
    let high = Number.NEGATIVE_INFINITY;
    for (const value of usable) {
      if (value < low) low = value;
      if (value > high) high = value;
    }
    if (!(low <= high)) [low, high] = log ? [1, 10] : [0, 1];
    if (low === high)
      [low, high] = log ? [low / 2, high * 2] : [low - (Math.abs(low) || 1) / 2, high + (Math.abs(high) || 1) / 2];
    return numberScale(low, high, log, about);
  }
  const texts = [...new Set(there.map(textOf).filter((text): text is string => text !== null))].sort(byName);
  const index = new Map(texts.map((text, i) => [text, i]));
  const places = Math.max(texts.length, 1);
  const every = Math.ceil(places / MAX_MARKS);
  return {
    kind: "category",
    log: false,
    place: (value) => {
      const i = index.get(textOf(value) ?? "");
      return i === undefined ? Number.NaN : (i + 0.5) / places;
    },
    at: (place) => texts[Math.min(Math.max(Math.floor(place * places), 0), places - 1)] ?? "",
    ticks: texts.flatMap((label, i) => (i % every === 0 ? [{ place: (i + 0.5) / places, label }] : [])),
  };
}

function numberScale(low: number, high: number, log: boolean, about: number): Scale {
  const by = log ? Math.log : (value: number) => value;
  const back = log ? Math.exp : (value: number) => value;
  // Some air, so that no point lies on the frame.
  const air = (by(high) - by(low)) * 0.04;
  const from = by(low) - air;
  const to = by(high) + air;
  const place = (value: number) => (by(value) - from) / (to - from);
  let marks: number[];
  if (log) {
    marks = [];
    for (let power = Math.ceil(Math.log10(back(from))); 10 ** power <= back(to); power++) marks.push(10 ** power);
    if (marks.length < 2) marks = roundTicks(low, high, about).filter((mark) => mark > 0);
  } else marks = roundTicks(from, to, about);
  const labels =
    log && marks.every((mark) => Math.abs(Math.log10(mark) % 1) < 1e-9) ? logLabels(marks) : axisLabels(marks);
  return {
    kind: "number",
    log,
    place: (value) => {
      const number = asNumber(value);
      return number === null || !Number.isFinite(number) || (log && number <= 0) ? Number.NaN : place(number);
    },
    at: (where) => back(from + where * (to - from)),
    ticks: marks
      .map((mark, i) => ({ place: place(mark), label: labels[i]! }))
      .filter((tick) => tick.place >= 0 && tick.place <= 1),
  };
}
