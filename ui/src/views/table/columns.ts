/** The table's columns: facts of the run, and what differs between runs in summary and config. */
import type { Column } from "../../net/shapes";
import { byName } from "../../series/names";
import { asNumber } from "../../series/tagged";
import { bareKey } from "../../state/sort";
import { t } from "../../texts";

export type Group = "run" | "summary" | "config" | "curves";

export interface TableColumn {
  /** As the API sorts by it: `state`, `config.lr`, `summary.val/acc`; a curve's is `curve:val/acc`. */
  key: string;
  label: string;
  group: Group;
  number: boolean;
  widthPx: number;
  /** The metric that a curve draws. */
  curve?: string;
  /** Lowest and highest value in all runs. */
  range?: readonly [number | null, number | null];
}

export const isSortable = (column: TableColumn) => column.curve === undefined;

/** Columns that are there from the start, around those that differ. */
const RUN_FIRST = ["state"];
const RUN_LAST = ["tags", "notes", "runtime_s", "last_step", "created_at"];
const RUN_MORE = ["user", "group", "job_type", "host", "sweep"];

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
  host: 128,
  sweep: 96,
};
const RUN_NUMBERS = new Set(["runtime_s", "last_step"]);

/** Columns whose values are asked for; the others show when they are chosen alone. */
export const VALUES_ASKED = 300;
/** As narrow and as wide as a column can be drawn. */
export const NARROWEST_PX = 48;
export const WIDEST_PX = 800;
/** A curve of 84 px between its paddings. */
const CURVE_PX = 100;
const CURVE = "curve:";
/** Width of a wide character of a head. */
const CHARACTER_PX = 7.2;

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
  const group = column.key.startsWith("config.") ? "config" : "summary";
  // Room for the menu, for the arrow of a sorted column, and for the one that says which way a metric is better.
  const marks = group === "summary" ? 64 : 50;
  const widthPx = Math.round(Math.min(Math.max(label.length * CHARACTER_PX + marks, number ? 84 : 104), 208));
  const range = [asNumber(column.min), asNumber(column.max)] as const;
  return { key: column.key, label, group, number, widthPx, range };
}

/** The column that draws a metric's curve, if a summary column has one to draw. */
export function curveColumn({ key, label, group, number }: TableColumn): TableColumn | null {
  if (group !== "summary" || !number) return null;
  const metric = bareKey(key);
  return { key: CURVE + metric, label, group: "curves", number: false, widthPx: CURVE_PX, curve: metric };
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
  const summary = valued.filter((column) => column.group === "summary");
  return [
    ...RUN_FIRST.map(runColumn),
    ...summary,
    ...valued.filter((column) => column.group === "config"),
    ...RUN_LAST.map(runColumn),
    ...RUN_MORE.map(runColumn),
    ...summary.flatMap((column) => curveColumn(column) ?? []),
  ];
}

/**
 * Chooses the columns to show, in their order.
 *
 * @param known undefined while nobody knows them: then only what stands first, so that nothing moves when they arrive.
 * @param chosen keys in their order, `["*"]` for all but the curves, or null for what differs between the runs.
 */
export function chooseColumns(known: Column[] | undefined, all: TableColumn[], chosen: string[] | null): TableColumn[] {
  if (!known) return chosen ? [] : RUN_FIRST.map(runColumn);
  if (chosen?.[0] === EVERYTHING) return all.filter((column) => column.curve === undefined);
  if (chosen) {
    const byKey = new Map(all.map((column) => [column.key, column]));
    return [...new Set(chosen)].flatMap((key) => byKey.get(key) ?? []);
  }
  const differs = new Set(known.filter((column) => column.differs && isPlain(column)).map((column) => column.key));
  const plain = new Set([...RUN_FIRST, ...RUN_LAST]);
  return all.filter((column) => plain.has(column.key) || differs.has(column.key));
}

/** Puts a column among the shown ones: behind the last that stands before it when all are shown. */
export function withColumn(shown: string[], key: string, all: TableColumn[]): string[] {
  const place = new Map(all.map((column, i) => [column.key, i]));
  const mine = place.get(key) ?? all.length;
  let at = 0;
  shown.forEach((other, i) => {
    if ((place.get(other) ?? 0) < mine) at = i + 1;
  });
  return [...shown.slice(0, at), key, ...shown.slice(at)];
}

/** Moves a column in front of another one; null: to the end. */
export function moveColumn(shown: string[], key: string, before: string | null): string[] {
  if (key === before) return shown;
  const others = shown.filter((one) => one !== key);
  const at = before === null ? others.length : others.indexOf(before);
  return [...others.slice(0, at), key, ...others.slice(at)];
}

/** Columns as they are drawn: those that stay at the left, and those that scroll. */
export interface Laid {
  fixed: TableColumn[];
  free: TableColumn[];
  /** Where each begins within its part, in px. */
  fixedLeft: number[];
  freeLeft: number[];
  fixedPx: number;
  freePx: number;
}

/** Lays columns out with the widths that the reader gave them. */
export function layColumns(columns: TableColumn[], fixedKeys: string[], widths: Record<string, number>): Laid {
  const sized = columns.map((column) => {
    const given = widths[column.key];
    return given === undefined
      ? column
      : { ...column, widthPx: Math.min(Math.max(Math.round(given), NARROWEST_PX), WIDEST_PX) };
  });
  const byKey = new Map(sized.map((column) => [column.key, column]));
  const fixed = fixedKeys.flatMap((key) => byKey.get(key) ?? []);
  const free = sized.filter((column) => !fixedKeys.includes(column.key));
  const lefts = (part: TableColumn[]) => {
    let left = 0;
    const out = part.map((column) => {
      left += column.widthPx;
      return left - column.widthPx;
    });
    return [out, left] as const;
  };
  const [fixedLeft, fixedPx] = lefts(fixed);
  const [freeLeft, freePx] = lefts(free);
  return { fixed, free, fixedLeft, freeLeft, fixedPx, freePx };
}

/** Runs of neighbouring columns of one group, with their places. */
export function groupHeads(columns: TableColumn[], start: number): { label: string; left: number; width: number }[] {
  const heads: { label: string; left: number; width: number }[] = [];
  let left = start;
  let group: string | null = null;
  for (const column of columns) {
    // A curve stands with the metric that it draws.
    const mine = column.group === "curves" ? "summary" : column.group;
    if (mine !== group) {
      heads.push({ label: t.table.groups[mine], left, width: 0 });
      group = mine;
    }
    heads.at(-1)!.width += column.widthPx;
    left += column.widthPx;
  }
  return heads;
}

/** Room for a figure and its difference from the baseline, or its spread. */
const COMPARED_PX = 124;
/** Room for the counts of five states. */
const STATES_PX = 160;

/** Gives a column the room that its cells need beside their figures. */
export function roomFor(column: TableColumn, isCompared: boolean, isGrouped: boolean): TableColumn {
  const wanted =
    isCompared && column.group === "summary" && column.number
      ? COMPARED_PX
      : isGrouped && column.key === "state"
        ? STATES_PX
        : 0;
  return wanted > column.widthPx ? { ...column, widthPx: wanted } : column;
}
