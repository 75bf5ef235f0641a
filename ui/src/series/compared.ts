/** Keys of several runs side by side: what each has of config, summary, code and environment, against a baseline. */
import { byName } from "./names";
import { flatten, isLevel, type Json } from "./tagged";

export const ROOMS = ["summary", "config", "code", "meta", "packages"] as const;
export type Room = (typeof ROOMS)[number];

type Values = { [key: string]: Json };
/** What is compared of a run; without packages while they aren't read. */
export type ComparedRun = Record<Exclude<Room, "packages">, Values> & { packages?: Values };

/** Takes what is compared out of a run: its code apart from the rest of its environment. */
export function roomsOf(run: { summary: Values; config: Values; meta: Values }, packages?: Values): ComparedRun {
  const { git, ...meta } = run.meta;
  const code = git && isLevel(git) ? git : {};
  return { summary: run.summary, config: run.config, code, meta, packages };
}

export interface ComparedKey {
  key: string;
  /** A value a run, in their order; null where a run has none. */
  values: (Json | null)[];
  /** Whether each is the first run's. */
  equal: boolean[];
  differs: boolean;
}

/** What clients write for themselves, and what is never the same twice. */
const isInner = (key: string, room: Room) => key.startsWith("_") || (room === "meta" && key === "started_at");

/** Gives the keys of a room that any of the runs has; the first run is what the others are held against. */
export function comparedKeys(runs: ComparedRun[], room: Room): ComparedKey[] {
  const flat = runs.map((run) => new Map(flatten(run[room] ?? {})));
  const keys = new Set(flat.flatMap((values) => [...values.keys()]));
  return [...keys]
    .filter((key) => !isInner(key, room))
    .sort(byName)
    .map((key) => {
      const values = flat.map((one) => one.get(key) ?? null);
      const texts = values.map((value) => JSON.stringify(value));
      const equal = texts.map((text) => text === texts[0]);
      return { key, values, equal, differs: equal.includes(false) };
    });
}

export interface Difference {
  key: string;
  value: Json | null;
  baseline: Json | null;
}

/** Gives what differs in one run from the baseline. */
export const differencesOf = (keys: ComparedKey[], run: number): Difference[] =>
  keys.flatMap(({ key, values, equal }) => (equal[run] ? [] : [{ key, value: values[run]!, baseline: values[0]! }]));

/** What a rule makes of a metric in the summary: `loss.min`. */
const TRACKED = /\.(min|max|mean|best|last|first)$/;

/** Says which way a summary's key is better, as its metric's rule says: 1 up, −1 down, 0 nobody said. */
export function directionOf(key: string, goals: Map<string, string>): 1 | -1 | 0 {
  const goal = goals.get(key) ?? goals.get(key.replace(TRACKED, ""));
  return !goal ? 0 : goal.startsWith("max") ? 1 : -1;
}

/** Says whether a difference is for the better; undefined: nobody said which way that is. */
export const isBetter = (difference: number, direction: 1 | -1 | 0): boolean | undefined =>
  direction === 0 || difference === 0 || Number.isNaN(difference) ? undefined : Math.sign(difference) === direction;
