/** What a column of numbers has in common: the decimals that line its points up, and its range. */
import type { RunRow } from "../../net/shapes";
import { columnDecimals } from "../../series/format";
import { asNumber } from "../../series/tagged";
import type { TableColumn } from "./columns";

export interface Figures {
  decimals: number;
  min: number;
  max: number;
}

export function figuresOf(rows: RunRow[], columns: TableColumn[]): Map<string, Figures> {
  const out = new Map<string, Figures>();
  for (const column of columns) {
    if (!column.number || column.group === "run") continue;
    const numbers: number[] = [];
    for (const row of rows) {
      const number = asNumber(row.values?.[column.key]);
      if (number !== null && Number.isFinite(number)) numbers.push(number);
    }
    let min = Number.POSITIVE_INFINITY;
    let max = Number.NEGATIVE_INFINITY;
    for (const number of numbers) {
      if (number < min) min = number;
      if (number > max) max = number;
    }
    out.set(column.key, { decimals: columnDecimals(numbers), min, max });
  }
  return out;
}
