/** Axis labels: short, round, and at powers of ten only on a log axis. */
import { duration, figure } from "./format";

const THIN = "\u2009";

/** Labels axis positions that lie evenly, with one number of decimals for all: 0, 5k, 10k; 0.5, 0.6. */
export function axisLabels(values: number[]): string[] {
  const finite = values.filter((value) => Number.isFinite(value));
  const top = Math.max(...finite.map(Math.abs), 0);
  const gap = finite.length > 1 ? Math.abs(finite[1]! - finite[0]!) : top;
  if (top === 0) return values.map(() => "0");
  for (const [unit, suffix] of [
    [1e9, "G"],
    [1e6, "M"],
    [1e3, "k"],
  ] as const) {
    if (top >= unit * (unit === 1e3 ? 2 : 1) && top < 1e12) {
      const decimals = decimalsFor(gap / unit);
      return values.map((value) => (value === 0 ? "0" : `${minus((value / unit).toFixed(decimals))}${suffix}`));
    }
  }
  if (top < 1e-3 || top >= 1e12) return values.map((value) => figure(value, 3));
  const decimals = decimalsFor(gap);
  return values.map((value) => minus(value.toFixed(decimals)));
}

/** Beyond so many powers of ten the lines between them would fill the chart. */
const FINE_POWERS = 8;

/** Gives the positions of a log axis: powers of ten and, unless there are many, their multiples between them. */
export function logSplits(from: number, to: number): number[] {
  const out: number[] = [];
  const first = Math.floor(Math.log10(from));
  const last = Math.floor(Math.log10(to));
  const times = last - first > FINE_POWERS ? [1] : [1, 2, 3, 4, 5, 6, 7, 8, 9];
  for (let power = first; power <= last; power++) {
    for (const one of times) {
      const value = Number(`${one}e${power}`);
      if (value >= from && value <= to) out.push(value);
    }
  }
  if (out.length > 2 || !(to > from)) return out;
  // Less than a few of its units: positions that lie evenly.
  const step = 10 ** Math.floor(Math.log10((to - from) / 2));
  const even: number[] = [];
  for (let i = Math.ceil(from / step); i * step <= to; i++) even.push(Number((i * step).toPrecision(12)));
  return even;
}

const isPower = (value: number): boolean => {
  const power = Math.log10(value);
  return Math.abs(power - Math.round(power)) < 1e-6;
};
/** 1, 2 and 5 of a power of ten: as many as have room. */
const isRound = (value: number): boolean => isPower(value) || isPower(value / 2) || isPower(value / 5);

/** Labels a log axis: powers of ten get a label, everything else none; an axis with less than two needs others. */
export function logLabels(values: number[]): string[] {
  if (values.length > 1 && values.filter(isPower).length < 2) {
    const some = values.filter(isRound).length > 1 ? isRound : () => true;
    return values.map((value) => (some(value) ? axisLabels([value])[0]! : ""));
  }
  return values.map((value) => {
    const power = Math.log10(value);
    if (!isPower(value)) return "";
    const exponent = Math.round(power);
    if (exponent >= -2 && exponent <= 3)
      return exponent >= 0 ? String(10 ** exponent) : (10 ** exponent).toFixed(-exponent);
    return `1e${minus(String(exponent))}`;
  });
}

/** Labels seconds since a run's start: 0, 30 s, 5 m, 2 h. */
export function durationLabels(values: number[]): string[] {
  const top = Math.max(...values.map(Math.abs), 0);
  const gap = values.length > 1 ? Math.abs(values[1]! - values[0]!) : top;
  const [unit, suffix] =
    top >= 86400 * 2 ? [86400, "d"] : top >= 7200 ? [3600, "h"] : top >= 120 ? [60, "m"] : [1, "s"];
  const decimals = decimalsFor(gap / unit);
  return values.map((value) => (value === 0 ? "0" : `${minus((value / unit).toFixed(decimals))}${THIN}${suffix}`));
}

/** Gives round positions for seconds since a start, near `wanted` of them. */
export function durationSplits(from: number, to: number, wanted: number): number[] {
  const steps = [
    0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200,
    10800, 21600, 43200, 86400, 172800, 432000, 864000,
  ];
  const step = steps.find((size) => (to - from) / size <= wanted) ?? 864000 * Math.ceil((to - from) / 864000 / wanted);
  const out: number[] = [];
  for (let i = Math.ceil(from / step); i * step <= to; i++) out.push(i * step);
  return out;
}

function decimalsFor(gap: number): number {
  if (!(gap > 0)) return 0;
  for (let decimals = 0; decimals < 6; decimals++) {
    const scaled = gap * 10 ** decimals;
    if (Math.abs(scaled - Math.round(scaled)) < 1e-6 * Math.max(scaled, 1)) return decimals;
  }
  return 6;
}

function minus(text: string): string {
  return text.replaceAll("-", "\u2212");
}

/** Formats one x under the cursor, in the words of its axis. */
export function xFigure(axis: string, value: number): string {
  if (axis === "runtime") return duration(value);
  if (axis === "timestamp") return new Date(value * 1000).toLocaleTimeString("en-GB", { hourCycle: "h23" });
  return figure(value, 6);
}
