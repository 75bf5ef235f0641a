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

export function fetchConsole(place: Place, id: string, from: number, limit: number, signal?: AbortSignal) {
  return getJson<ConsolePage>(address(under(place, id, "console"), { from, limit }), signal);
}

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
