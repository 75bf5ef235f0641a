/** Conditions as rows of a form: key, operator, value; what no row can show stays an expression. */
import { COMPARISONS, type Filter, parseFilter, tryFilter, type Written, writeFilter } from "./filter";
import { readText, writeText } from "./filterWords";

export const ROW_OPERATORS = [
  "=",
  "!=",
  "<",
  "<=",
  ">",
  ">=",
  "in",
  "not in",
  "~",
  "!~",
  "has",
  "has not",
  "exists",
  "not exists",
] as const;
export type RowOperator = (typeof ROW_OPERATORS)[number];

export type FilterRow =
  | { kind: "row"; key: string; operator: RowOperator; value: string }
  | { kind: "group"; join: "and" | "or"; rows: FilterRow[] }
  /** Something that no row shows. */
  | { kind: "raw"; text: string };

export type RowGroup = Extract<FilterRow, { kind: "group" }>;

/** Gives the value as a person types it: texts without quotes. */
function typed(value: Written): string {
  return /^["']/.test(value) ? readText(value) : value;
}

const NUMBER = /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?[smhdw]?$/;

/**
 * Writes a typed value: a number, an age or a word of the grammar as it is, all else as text.
 *
 * @param isText the key holds texts only, so that "5" is one.
 */
export function writeTyped(value: string, isText: boolean): Written {
  const bare = value.trim();
  if (/^".*"$/s.test(bare)) {
    const read = tryFilter(`k = ${bare}`);
    if (!read.trouble) return bare;
  }
  if (!isText && (NUMBER.test(bare) || /^(true|false|null)$/.test(bare))) return bare;
  return writeText(value);
}

/** Splits typed values at commas; quoted ones may hold some. */
export function splitTyped(value: string): string[] {
  return (value.match(/"(?:[^"\\]|\\.)*"|[^,\s][^,]*/gs) ?? []).map((one) => one.trim()).filter(Boolean);
}

export function rowsOf(filter: Filter | null): RowGroup {
  if (filter === null) return { kind: "group", join: "and", rows: [] };
  const row = rowOf(filter);
  return row.kind === "group" ? row : { kind: "group", join: "and", rows: [row] };
}

function rowOf(filter: Filter): FilterRow {
  switch (filter.kind) {
    case "and":
    case "or":
      return { kind: "group", join: filter.kind, rows: filter.nodes.map(rowOf) };
    case "compare":
      return { kind: "row", key: filter.key, operator: filter.operator, value: kept(filter.value) };
    case "match":
      return { kind: "row", key: filter.key, operator: filter.negated ? "!~" : "~", value: typed(filter.pattern) };
    case "oneOf": {
      const value = filter.values.map((one) => (typed(one).includes(",") ? one : kept(one))).join(", ");
      return { kind: "row", key: filter.key, operator: filter.negated ? "not in" : "in", value };
    }
    case "contains":
      return { kind: "row", key: filter.key, operator: filter.negated ? "has not" : "has", value: kept(filter.value) };
    case "exists":
      return { kind: "row", key: filter.key, operator: "exists", value: "" };
    case "not":
      if (filter.node.kind === "exists") {
        return { kind: "row", key: filter.node.key, operator: "not exists", value: "" };
      }
      return { kind: "raw", text: writeFilter(filter) };
  }
}

/** A text that looks like a number keeps its quotes, else it would become one. */
function kept(value: Written): string {
  const bare = typed(value);
  const looksOther = bare !== value && (writeTyped(bare, false) === bare || bare.trim() !== bare || bare === "");
  return looksOther ? value : bare;
}

/**
 * Gives the expression's tree of the rows; rows that aren't finished are left out.
 *
 * @param isText says whether a key holds texts only.
 */
export function filterOf(row: FilterRow, isText: (key: string) => boolean): Filter | null {
  if (row.kind === "raw") return tryFilter(row.text).filter;
  if (row.kind === "group") {
    const nodes = row.rows.flatMap((one) => filterOf(one, isText) ?? []);
    return nodes.length === 0 ? null : nodes.length === 1 ? nodes[0]! : { kind: row.join, nodes };
  }
  const { key, operator } = row;
  if (!isKey(key)) return null;
  if (operator === "exists") return { kind: "exists", key };
  if (operator === "not exists") return { kind: "not", node: { kind: "exists", key } };
  if (row.value.trim() === "") return null;
  const text = isText(key);
  const comparison = COMPARISONS.find((one) => one === operator);
  if (comparison) return { kind: "compare", key, operator: comparison, value: writeTyped(row.value, text) };
  if (operator === "~" || operator === "!~") {
    return { kind: "match", key, pattern: writeText(row.value), negated: operator === "!~" };
  }
  if (operator === "has" || operator === "has not") {
    const value = writeTyped(row.value, text);
    return {
      kind: "contains",
      key,
      value: value === "null" ? writeText("null") : value,
      negated: operator === "has not",
    };
  }
  const values = splitTyped(row.value).map((one) => writeTyped(one, text));
  return { kind: "oneOf", key, values, negated: operator === "not in" };
}

/** Says whether a key is one that an expression can name. */
function isKey(key: string): boolean {
  try {
    const filter = parseFilter(`exists ${key}`);
    return filter?.kind === "exists" && filter.key === key;
  } catch {
    return false;
  }
}
