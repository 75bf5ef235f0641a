/** The table's columns: facts of the run, and what differs between runs in summary and config. */
import type { Column, RunRow } from "../../net/shapes";
import { byName } from "../../series/names";
import { bareKey } from "../../state/sort";
import { t } from "../../texts";

export type Group = "run" | "summary" | "config";

export interface TableColumn {
  /** As the API sorts by it: `state`, `config.lr`, `summary.val/acc`. */
  key: string;
  label: string;
  group: Group;
  number: boolean;
  widthPx: number;
}

/** Columns that are there from the start, around those that differ. */
const RUN_FIRST = ["state"];
const RUN_LAST = ["tags", "notes", "runtime_s", "last_step", "created_at"];
const RUN_MORE = ["user", "group", "job_type"];

const RUN_WIDTHS: Record<string, number> = {
  state: 104,
  tags: 184,
  notes: 220,
  runtime_s: 88,
  last_step: 88,
  created_at: 104,
  user: 88,
  group: 112,
  job_type: 96,
};
const RUN_NUMBERS = new Set(["runtime_s", "last_step"]);

/** Columns whose values are asked for; the others show when they are chosen alone. */
export const VALUES_ASKED = 120;

/** All columns chosen. */
export const EVERYTHING = "*";

function runColumn(key: string): TableColumn {
  return {
    key,
    label: t.table.head[key] ?? key,
    group: "run",
    number: RUN_NUMBERS.has(key),
    widthPx: RUN_WIDTHS[key] ?? 96,
  };
}

function valueColumn(column: Column): TableColumn {
  const label = bareKey(column.key);
  const number = (column.types.number ?? 0) > 0 && Object.keys(column.types).length === 1;
  const widthPx = Math.min(Math.max(label.length * 7 + 32, number ? 84 : 104), 184);
  return { key: column.key, label, group: column.key.startsWith("config.") ? "config" : "summary", number, widthPx };
}

/** Whether a cell can show the values as they are: media and histograms are for the runs' pages. */
const PLAIN_TYPES = new Set(["number", "string", "bool", "null", "list"]);
const isPlain = (column: Column) => Object.keys(column.types).some((type) => PLAIN_TYPES.has(type));

/** Every column that could be shown, in its place. */
export function allColumns(known: Column[]): TableColumn[] {
  const valued = known
    .filter((column) => /^(config|summary)\./.test(column.key) && !/^summary\._/.test(column.key))
    .map(valueColumn)
    .sort((a, b) => byName(a.label, b.label));
  return [
    ...RUN_FIRST.map(runColumn),
    ...valued.filter((column) => column.group === "summary"),
    ...valued.filter((column) => column.group === "config"),
    ...RUN_LAST.map(runColumn),
    ...RUN_MORE.map(runColumn),
  ];
}

/**
 * Chooses the columns to show.
 *
 * @param known undefined while nobody knows them: then only what stands first, so that nothing moves when they arrive.
 * @param chosen keys, `["*"]` for all, or null for what differs between the runs.
 */
export function chooseColumns(known: Column[] | undefined, chosen: string[] | null): TableColumn[] {
  if (!known) return chosen ? [] : RUN_FIRST.map(runColumn);
  const all = allColumns(known);
  if (chosen?.[0] === EVERYTHING) return all;
  if (chosen) return all.filter((column) => chosen.includes(column.key));
  const differs = new Set(known.filter((column) => column.differs && isPlain(column)).map((column) => column.key));
  const plain = new Set([...RUN_FIRST, ...RUN_LAST]);
  return all.filter((column) => plain.has(column.key) || differs.has(column.key));
}

/** Runs of neighbouring columns of one group, with their places. */
export function groupHeads(columns: TableColumn[], start: number): { label: string; left: number; width: number }[] {
  const heads: { label: string; left: number; width: number }[] = [];
  let left = start;
  let group: string | null = null;
  for (const column of columns) {
    if (column.group !== group) {
      heads.push({ label: t.table.groups[column.group], left, width: 0 });
      group = column.group;
    }
    heads.at(-1)!.width += column.widthPx;
    left += column.widthPx;
  }
  return heads;
}

/** Writes rows as CSV (RFC 4180), values exact. */
export function writeCsv(columns: TableColumn[], rows: RunRow[], text: (row: RunRow, key: string) => string): string {
  const quote = (value: string) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  const head = ["id", "name", ...columns.map((column) => column.key)];
  const lines = rows.map((row) => [row.id, row.name, ...columns.map((column) => text(row, column.key))]);
  return [head, ...lines].map((line) => line.map(quote).join(",")).join("\r\n");
}
