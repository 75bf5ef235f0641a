/** Rows of logged tables, a page at a time: the server sorts, searches and filters. */
import type { Json } from "../series/tagged";
import { address, sendJson } from "./http";
import type { MediaFiles } from "./media";
import { type Place, placeKey } from "./projects";

export type ColumnKind = "number" | "text" | "bool" | "media" | "mixed" | "empty";
export type Operator = "=" | "!=" | "<" | "<=" | ">" | ">=" | "contains";

export interface Condition {
  column: string;
  operator: Operator;
  value: string | number | boolean | null;
}

export interface TableAsked {
  /** Files of the table; several for one that grows. */
  paths: string[];
  /** Where it is whole, if its value says so. */
  address?: string;
  sort: { column: string; descending: boolean }[];
  q: string;
  where: Condition[];
}

export interface TablePage {
  columns: { name: string; kind: ColumnKind }[];
  rows: { number: number; cells: Json[] }[];
  total: number;
  matched: number;
  files: MediaFiles;
}

/** Rows of one question while scrolling. */
export const TABLE_PAGE = 100;
/** Rows of one question while reading all; the server gives no more. */
const MOST_ROWS = 1000;

export const fetchTable = (place: Place, run: string, asked: TableAsked, offset: number, limit: number) =>
  sendJson<TablePage>("POST", address(["api", "projects", place.entity, place.project, "runs", run, "table"]), {
    ...asked,
    offset,
    limit,
  });

export const tablePageQuery = (place: Place, run: string, asked: TableAsked, page: number) => ({
  queryKey: [...placeKey(place), "logged-table", run, asked, page],
  queryFn: () => fetchTable(place, run, asked, page * TABLE_PAGE, TABLE_PAGE),
  // A table's paths name its bytes.
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: 120_000,
});

/** Reads rows one question after the other, up to `most`. */
export async function readRows(place: Place, run: string, asked: TableAsked, most: number): Promise<TablePage> {
  const first = await fetchTable(place, run, asked, 0, Math.min(MOST_ROWS, most));
  const wanted = Math.min(first.matched, most);
  while (first.rows.length < wanted) {
    const next = await fetchTable(
      place,
      run,
      asked,
      first.rows.length,
      Math.min(MOST_ROWS, wanted - first.rows.length),
    );
    if (next.rows.length === 0) break;
    first.rows.push(...next.rows);
    Object.assign(first.files, next.files);
  }
  return first;
}

/** Whole tables behind a chart. */
export const tableRowsQuery = (place: Place, run: string, paths: string[], most: number) => ({
  queryKey: [...placeKey(place), "logged-table-rows", run, paths, most],
  queryFn: () => readRows(place, run, { paths, sort: [], q: "", where: [] }, most),
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: 120_000,
});
