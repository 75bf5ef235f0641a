/** The table as a file: every matching run, not only those that were scrolled to. */
import { fetchRuns, type Place } from "../../net/projects";
import type { RunRow } from "../../net/shapes";
import { plain } from "../../series/format";
import { isValueKey } from "../../state/sort";
import { say } from "../../state/toasts";
import { viewStore } from "../../state/view";
import { t } from "../../texts";
import { type TableColumn, VALUES_ASKED } from "./columns";

const PAGE = 1000;

/** Saves the listed runs with the shown columns as a file. */
export async function exportCsv(place: Place, columns: TableColumn[], everything: boolean): Promise<void> {
  const { filter, q, sort } = viewStore.getState();
  const keys = columns.map((column) => column.key).filter(isValueKey);
  const rows: RunRow[] = [];
  try {
    for (;;) {
      const asked = {
        filter,
        q,
        sort,
        columns: everything ? keys : keys.slice(0, VALUES_ASKED),
        offset: rows.length,
        limit: PAGE,
      };
      const page = await fetchRuns(place, asked);
      rows.push(...page.runs);
      if (page.runs.length === 0 || rows.length >= page.matched) break;
    }
  } catch (error) {
    say(t.errors.failed((error as Error).message), { tone: "error" });
    return;
  }
  const text = (row: RunRow, key: string): string => {
    if (isValueKey(key)) return row.values?.[key] === undefined ? "" : raw(row.values[key]);
    if (key === "tags") return row.tags.join(" ");
    return raw(row[key as keyof RunRow] ?? "");
  };
  const blob = new Blob([writeCsv(columns, rows, text)], { type: "text/csv" });
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = `${place.project}.csv`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}

/** A value for a file: numbers as JavaScript writes them, not typeset. */
function raw(value: unknown): string {
  return typeof value === "number" ? String(value) : plain(value).replaceAll("\u2212", "-");
}

/** Writes rows as CSV (RFC 4180), values exact. */
function writeCsv(columns: TableColumn[], rows: RunRow[], text: (row: RunRow, key: string) => string): string {
  const quote = (value: string) => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value);
  const head = ["id", "name", ...columns.map((column) => column.key)];
  const lines = rows.map((row) => [row.id, row.name, ...columns.map((column) => text(row, column.key))]);
  return [head, ...lines].map((line) => line.map(quote).join(",")).join("\r\n");
}
