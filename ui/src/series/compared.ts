/** Keys of several runs side by side: what each run has of config, summary and environment, against a baseline. */
import { byName } from "./names";
import { flatten, type Json } from "./tagged";

export const ROOMS = ["summary", "config", "meta"] as const;
export type Room = (typeof ROOMS)[number];

export type ComparedRun = Record<Room, { [key: string]: Json }>;

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
