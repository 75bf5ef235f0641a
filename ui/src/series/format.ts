/** Figures as people read them: fixed digits, U+2212 for minus, thousands with a comma, units behind a thin gap. */
import { isTagged } from "./tagged";

const MINUS = "\u2212";
const THIN = "\u2009";

/** Gives a number's text with `−` for minus and `3e−4` for exponents. */
function typeset(text: string): string {
  return text
    .replace(/e\+?(-?)0*(\d+)/, (_, sign: string, digits: string) => `e${sign}${digits}`)
    .replaceAll("-", MINUS);
}

function withCommas(text: string): string {
  const [whole = "", rest] = text.split(".");
  const grouped = whole.replace(/\B(?=(\d{3})+(?!\d))/g, ",");
  return rest === undefined ? grouped : `${grouped}.${rest}`;
}

/** Formats a count: 1,204. */
export function count(value: number): string {
  return typeset(withCommas(String(Math.round(value))));
}

/** Formats a large count briefly: 7.4 M. */
export function briefCount(value: number): string {
  for (const [size, unit] of [
    [1e9, "G"],
    [1e6, "M"],
    [1e4, "k"],
  ] as const) {
    if (value >= size) return `${trim((value / (unit === "k" ? 1e3 : size)).toPrecision(3))}${THIN}${unit}`;
  }
  return count(value);
}

function trim(text: string): string {
  return text.includes(".") ? text.replace(/\.?0+$/, "") : text;
}

/**
 * Formats a metric's value to four significant digits: 0.9312, 1,914, 7.500e−5 without its zeros, NaN, ∞.
 */
export function figure(value: number, digits = 4): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "Inf" : `${MINUS}Inf`;
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e7 || size < 1e-3) return typeset(shortExponent(value, digits - 1));
  if (Number.isInteger(value)) return typeset(withCommas(String(value)));
  if (size >= 1000) return typeset(withCommas(value.toFixed(size >= 10000 ? 0 : 1)));
  // Values below one keep four decimals, so that a column of accuracies lines up.
  const decimals = size < 1 ? (size < 0.1 ? 5 : 4) : Math.max(digits - 1 - Math.floor(Math.log10(size)), 0);
  return typeset(value.toFixed(decimals));
}

function shortExponent(value: number, decimals: number): string {
  const [mantissa = "", exponent] = value.toExponential(decimals).split("e");
  return `${trim(mantissa)}e${exponent}`;
}

/** Gives how many decimals a column of figures needs, so that its points stand below each other (at most 4). */
export function columnDecimals(values: Iterable<number>): number {
  let decimals = 0;
  for (const value of values) {
    if (!Number.isFinite(value) || value === 0) continue;
    const size = Math.abs(value);
    if (size < 1e-3 || size >= 1e7) continue;
    const text = trim(value.toFixed(size >= 1000 ? 1 : size >= 10 ? 2 : 4));
    decimals = Math.max(decimals, text.split(".")[1]?.length ?? 0);
  }
  return decimals;
}

/** Formats one figure of a column with the column's decimals. */
export function columnFigure(value: number, decimals: number): string {
  if (!Number.isFinite(value)) return figure(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) return typeset(shortExponent(value, 3));
  return typeset(withCommas(value.toFixed(Math.min(decimals, size >= 1000 ? 1 : 4))));
}

/** Formats a difference, sign first, without its leading zero: +.070, −.149. */
export function delta(value: number): string {
  if (!Number.isFinite(value)) return "";
  const size = Math.abs(value);
  const text = size === 0 ? "0" : size < 1e-3 ? shortExponent(size, 1) : size < 1 ? size.toFixed(3) : figure(size, 3);
  return `${value < 0 ? MINUS : "+"}${typeset(text.replace(/^0\./, "."))}`;
}

/** Formats a weight between 0 and 1: .60. */
export function weight(value: number): string {
  return value.toFixed(2).replace(/^0/, "");
}

const SIZE_UNITS = ["B", "kB", "MB", "GB", "TB"];

/** Formats a size in bytes: 74.1 GB. */
export function size(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < SIZE_UNITS.length - 1) {
    value /= 1000;
    unit++;
  }
  const text = unit === 0 ? String(Math.round(value)) : value >= 100 ? value.toFixed(0) : value.toFixed(1);
  return `${text}${THIN}${SIZE_UNITS[unit]}`;
}

/** Formats a duration in its two largest units: 6h 41m, 2m 05s, 41.2 s. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return "";
  if (seconds < 0.1) return `${(seconds * 1000).toFixed(0)}${THIN}ms`;
  if (seconds < 60) return `${seconds < 10 ? seconds.toFixed(1) : Math.round(seconds)}${THIN}s`;
  const whole = Math.round(seconds);
  const days = Math.floor(whole / 86400);
  const hours = Math.floor((whole % 86400) / 3600);
  const minutes = Math.floor((whole % 3600) / 60);
  if (days) return `${days}d ${String(hours).padStart(2, "0")}h`;
  if (hours) return `${hours}h ${String(minutes).padStart(2, "0")}m`;
  return `${minutes}m ${String(whole % 60).padStart(2, "0")}s`;
}

/** Formats any JSON value of the API on one line: text bare, numbers typeset, the rest as JSON. */
export function plain(value: unknown): string {
  if (typeof value === "string") return value;
  if (typeof value === "number") return exact(value);
  if (isTagged(value)) return value.value.replace("Infinity", "Inf").replaceAll("-", MINUS);
  if (value === null || value === undefined) return "null";
  if (typeof value === "boolean") return String(value);
  return JSON.stringify(value);
}

/** Formats a number exactly as it is stored, typeset: 3e−4, 0.1, 16384. */
export function exact(value: number): string {
  if (!Number.isFinite(value)) return figure(value);
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e15)) return typeset(value.toExponential());
  return typeset(String(value));
}
