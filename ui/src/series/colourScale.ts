/** Colours of runs by a value of theirs: few texts or numbers one by one, many numbers in as many parts. Pure. */
import { figure, plain } from "./format";
import { byName } from "./names";
import { asNumber, type Json } from "./tagged";

/** Hues of `ramp.css`: from less to more, and that of runs without a value. */
const RAMP = 61;
export const RAMP_HUES = 7;
export const NO_HUE = RAMP + RAMP_HUES;
/** The palette has one more, so that the last text isn't that of a run in the list. */
const MAX_TEXTS = 19;

export interface Part {
  hue: number;
  /** null: the runs without a value. */
  label: string | null;
  runs: number;
  /** Texts that share this colour because the palette has no more. */
  others?: number;
}

export interface ColourScale {
  hueOf(value: Json | undefined): number;
  /** In the order of a legend: the most first. */
  parts: Part[];
}

const textOf = (value: Json | undefined): string | null =>
  value === undefined || value === null || value === ""
    ? null
    : typeof value === "string"
      ? value
      : (numberText(value) ?? JSON.stringify(value));

const numberText = (value: Json): string | null => {
  const number = asNumber(value);
  return number === null ? null : String(number);
};

/** Makes the scale of the values of the drawn runs. */
export function colourScale(values: readonly (Json | undefined)[]): ColourScale {
  const there = values.filter((value) => textOf(value) !== null);
  const numbers = there.map(asNumber).filter((one): one is number => one !== null && Number.isFinite(one));
  // A NaN among numbers is a run without a value; a text among them makes all of them texts.
  const isNumeric = numbers.length > 0 && there.every((value) => asNumber(value ?? null) !== null);
  return isNumeric ? ofNumbers(numbers, values) : ofTexts(values);
}

function ofNumbers(numbers: number[], values: readonly (Json | undefined)[]): ColourScale {
  const sorted = [...numbers].sort((a, b) => a - b);
  const distinct = [...new Set(sorted)];
  const few = distinct.length <= RAMP_HUES;
  // The least value of each part: every value, or parts that hold about as many runs.
  const starts = few
    ? distinct
    : [...new Set(Array.from({ length: RAMP_HUES }, (_, i) => sorted[Math.floor((i * sorted.length) / RAMP_HUES)]!))];
  const hueAt = (i: number) => RAMP + Math.round((i * (RAMP_HUES - 1)) / Math.max(starts.length - 1, 1));
  const partOf = (number: number) =>
    Math.max(
      starts.findLastIndex((start) => number >= start),
      0,
    );
  const hueOf = (value: Json | undefined) => {
    const number = asNumber(value);
    return number === null || !Number.isFinite(number) ? NO_HUE : hueAt(partOf(number));
  };
  const parts = starts.map((start, i): Part => {
    const mine = sorted.filter((number) => partOf(number) === i);
    const last = mine.at(-1)!;
    return {
      hue: hueAt(i),
      label: start === last ? plain(start) : `${figure(start, 3)} – ${figure(last, 3)}`,
      runs: mine.length,
    };
  });
  return { hueOf, parts: [...parts.reverse(), ...without(values, hueOf)] };
}

function ofTexts(values: readonly (Json | undefined)[]): ColourScale {
  const counts = new Map<string, number>();
  for (const value of values) {
    const text = textOf(value);
    if (text !== null) counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  const texts = [...counts.keys()].sort(byName);
  const shown = texts.slice(0, MAX_TEXTS);
  const rest = texts.slice(MAX_TEXTS);
  const at = new Map(shown.map((text, i) => [text, i + 1]));
  const hueOf = (value: Json | undefined) => at.get(textOf(value) ?? "") ?? NO_HUE;
  const parts = shown.map((text, i): Part => ({ hue: i + 1, label: text, runs: counts.get(text)! }));
  if (rest.length > 0) {
    const runs = rest.reduce((sum, text) => sum + counts.get(text)!, 0);
    parts.push({ hue: NO_HUE, label: "", runs, others: rest.length });
  }
  return { hueOf, parts: [...parts, ...without(values, (value) => (textOf(value) === null ? NO_HUE : 0))] };
}

function without(values: readonly (Json | undefined)[], hueOf: (value: Json | undefined) => number): Part[] {
  const runs = values.filter((value) => hueOf(value) === NO_HUE).length;
  return runs > 0 ? [{ hue: NO_HUE, label: null, runs }] : [];
}
