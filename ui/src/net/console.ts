/** Console lines of a run. */
import { address, getJson } from "./http";
import { type Place, placeKey } from "./projects";
import type { ConsoleLine } from "./shapes";

const under = ({ entity, project }: Place, id: string, ...rest: string[]) => [
  "api",
  "projects",
  entity,
  project,
  "runs",
  id,
  ...rest,
];

export interface ConsolePage {
  total: number;
  lines: ConsoleLine[];
}

/** Lines asked for at once. */
export const LINES_A_PAGE = 500;

/** Which lines are asked for: of stdout or stderr, of one writer; null: any. */
export interface LineChoice {
  level: "info" | "error" | null;
  label: string | null;
}

export const EVERY_LINE: LineChoice = { level: null, label: null };

/** Gives lines from one on; of a choice, the next so many that belong to it. */
export function fetchConsole(
  place: Place,
  id: string,
  from: number,
  limit: number,
  signal?: AbortSignal,
  { level, label }: LineChoice = EVERY_LINE,
) {
  return getJson<ConsolePage>(address(under(place, id, "console"), { from, limit, level, label }), signal);
}

export interface ConsoleIndex {
  total_lines: number;
  matched: number;
  /** (first line, lines) of what was chosen. */
  spans: [number, number][];
  truncated: boolean;
  /** Of all lines. */
  levels: { info: number; error: number };
  labels: { label: string; lines: number }[];
}

/** Says which lines are of a choice; `total` makes a log that has grown another question. */
export const consoleIndexQuery = (place: Place, id: string, { level, label }: LineChoice, total: number) => ({
  queryKey: [...placeKey(place), "console-index", id, level, label, total],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    getJson<ConsoleIndex>(address(under(place, id, "console", "index"), { level, label }), signal),
});

export interface ConsoleHits {
  total_lines: number;
  hits: number[];
  truncated: boolean;
}

export const consoleHitsQuery = (place: Place, id: string, q: string, regex: boolean) => ({
  queryKey: [...placeKey(place), "console-hits", id, q, regex],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    getJson<ConsoleHits>(
      address(under(place, id, "console", "search"), { q, regex: regex ? "true" : undefined, limit: 10_000 }),
      signal,
    ),
});

export const consoleTextAddress = (place: Place, id: string) => address(under(place, id, "console.txt"));
