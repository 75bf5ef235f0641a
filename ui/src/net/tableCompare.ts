/** Two tables side by side, a page of paired rows at a time: the server pairs, sorts and filters them. */
import type { Json } from "../series/tagged";
import type { Change, ChangeCounts } from "../series/versions";
import { address, sendJson } from "./http";
import type { MediaFiles } from "./media";
import { type Place, placeKey } from "./projects";
import type { ColumnKind } from "./tables";

/** A table of a version of an artifact, or one that a run logged. */
export type TableSide =
  | { artifact: string; version: string; path: string }
  | { run: string; paths: string[]; address?: string };

export interface ComparisonOrder {
  column: string;
  by: "before" | "after" | "delta" | "size";
  descending: boolean;
}

export interface ComparisonAsked {
  before: TableSide;
  after: TableSide;
  /** Columns that pair rows; none: their number; null: what the server proposes first. */
  keys: string[] | null;
  show: Change[];
  q: string;
  changed_in: string[];
  sort: ComparisonOrder[];
}

export interface ComparedRow {
  change: Change;
  /** Of the row in either table. */
  numbers: [number | null, number | null];
  before: Json[] | null;
  after: Json[] | null;
  /** Columns that differ, by their place. */
  changed: number[];
}

export interface ComparedColumn {
  name: string;
  kind: ColumnKind;
  in: "before" | "after" | "both";
  /** Rows that differ in it. */
  changed: number;
}

export interface ComparedPage {
  keys: string[];
  proposals: { columns: string[]; unique: boolean; shared: number }[];
  columns: ComparedColumn[];
  counts: ChangeCounts;
  totals: [number, number];
  repeated: [number, number];
  matched: number;
  rows: ComparedRow[];
  files: { before: MediaFiles; after: MediaFiles };
}

/** Rows of one question while scrolling. */
export const COMPARED_PAGE = 100;

export const comparedPageQuery = (place: Place, asked: ComparisonAsked, page: number) => ({
  queryKey: [...placeKey(place), "table-compare", asked, page],
  queryFn: () =>
    sendJson<ComparedPage>("POST", address(["api", "projects", place.entity, place.project, "table-compare"]), {
      ...asked,
      keys: asked.keys ?? undefined,
      offset: page * COMPARED_PAGE,
      limit: COMPARED_PAGE,
    }),
  // Versions and a table's paths name bytes.
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: 120_000,
});
