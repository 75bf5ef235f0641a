/** Values of many runs at once, as columns; and which parameters matter for one of them. */
import type { Json } from "../series/tagged";
import { address, sendJson } from "./http";
import { type Place, placeKey } from "./projects";

/** What chooses the runs. */
export interface ValuesAsked {
  filter?: string;
  q?: string;
  ids?: string[];
}

/** Runs as columns; `null` where a run has no value. */
export interface RunTable {
  total: number;
  matched: number;
  ids: string[];
  names: string[];
  states: string[];
  columns: Record<string, (Json | null)[]>;
}

/** Runs read at once: what a chart of one point a run can show. */
export const VALUES_READ = 10_000;

export const runValuesQuery = (place: Place, asked: ValuesAsked, columns: string[]) => ({
  queryKey: [...placeKey(place), "runs", "values", asked, columns],
  queryFn: () =>
    sendJson<RunTable>("POST", address(["api", "projects", place.entity, place.project, "runs", "values"]), {
      ...asked,
      columns,
      limit: VALUES_READ,
    }),
});

export interface RatedParameter {
  key: string;
  /** Share of what the forest explains, 0 to 1; null with too few runs. */
  importance: number | null;
  pearson: number | null;
  spearman: number | null;
  n: number;
  kind: "number" | "category";
  distinct: number;
}

export interface Importance {
  parameters: RatedParameter[];
  /** Runs that counted. */
  runs: number;
  /** Share of the target's spread that the forest foretells; null with too few runs. */
  explained: number | null;
}

export const importanceQuery = (place: Place, asked: ValuesAsked, target: string) => ({
  queryKey: [...placeKey(place), "runs", "importance", asked, target],
  queryFn: () =>
    sendJson<Importance>("POST", address(["api", "projects", place.entity, place.project, "importance"]), {
      ...asked,
      target,
    }),
});
