/** Values of logged tables: which files a table is, what a condition means, how rows become a chart's data. */
import { asNumber, isTagged, type Json } from "./tagged";

/** Gives the files of a logged table, the parts of one that grows in their order. */
export function tablePaths(value: { [key: string]: Json }): string[] {
  const before = Array.isArray(value.previous_increments_paths) ? value.previous_increments_paths : [];
  return [...before, value.path].filter((path): path is string => typeof path === "string" && path !== "");
}

/** Gives where a table is whole: the official client puts media into an artifact's copy of it only. */
export function tableAddress(value: { [key: string]: Json }): string | undefined {
  return value._type === "table-file" && typeof value.artifact_path === "string" ? value.artifact_path : undefined;
}

/** What a condition's typed text stands for in a column: numbers are compared as numbers, words as text. */
export function readOperand(text: string, kind: string, operator: string): string | number | boolean {
  const trimmed = text.trim();
  if (operator === "contains") return text;
  if (kind === "bool" && /^(true|false)$/i.test(trimmed)) return trimmed.toLowerCase() === "true";
  if ((kind === "number" || kind === "mixed") && trimmed !== "" && Number.isFinite(Number(trimmed))) {
    return Number(trimmed);
  }
  return text;
}

/** Turns rows into the objects that a chart draws; tagged numbers become the floats they are nearest to. */
export function chartRows(columns: string[], rows: { cells: Json[] }[], runName: string): { [key: string]: unknown }[] {
  return rows.map(({ cells }) => {
    const row: { [key: string]: unknown } = { name: runName };
    for (const [i, column] of columns.entries()) {
      const cell = cells[i];
      row[column] = isTagged(cell) ? asNumber(cell) : cell;
    }
    return row;
  });
}

/** Text of a cell for a file or the clipboard: as it was logged, not typeset. */
export function rawText(cell: Json | undefined): string {
  if (cell === null || cell === undefined) return "";
  if (typeof cell === "string") return cell;
  if (isTagged(cell)) return cell.value;
  if (typeof cell === "object") return JSON.stringify(cell, (_, value) => (isTagged(value) ? value.value : value));
  return String(cell);
}

/** Writes rows as comma-separated text; cells that a spreadsheet would calculate are kept as text. */
export function writeRows(columns: string[], rows: { cells: Json[] }[]): string {
  const line = (cells: string[]) => cells.map(quoted).join(",");
  return [line(columns), ...rows.map((row) => line(columns.map((_, i) => guarded(row.cells[i]))))].join("\r\n");
}

function guarded(cell: Json | undefined): string {
  const text = rawText(cell);
  return typeof cell === "string" && /^[=+\-@\t\r]/.test(text) ? `'${text}` : text;
}

const quoted = (text: string) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
