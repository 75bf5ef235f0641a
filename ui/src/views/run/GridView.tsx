/** A table that was logged or saved, read only: its first rows and columns, and how many there are. */
import { useMemo } from "react";
import { columnDecimals, columnFigure } from "../../series/format";
import type { Grid } from "../../series/preview";
import { asNumber, type Json } from "../../series/tagged";
import { t } from "../../texts";
import { valueText } from "../parts/valueText";
import styles from "./files.module.css";

export const ROWS_SHOWN = 500;
const COLUMNS_SHOWN = 60;

/** A cell of a file of text may be a number nonetheless. */
function numberOf(value: Json | undefined): number | null {
  if (typeof value === "string") {
    return /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(value.trim()) ? Number(value) : null;
  }
  return asNumber(value);
}

export function GridView({ grid, cut }: { grid: Grid; cut: boolean }) {
  const rows = grid.rows.slice(0, ROWS_SHOWN);
  const columns = grid.columns.slice(0, COLUMNS_SHOWN);
  const figures = useMemo(
    () =>
      columns.map((_, at) => {
        const numbers = rows.map((row) => numberOf(row[at]));
        const isNumber = numbers.some((one) => one !== null) && rows.every((row, i) => numbers[i] !== null || !row[at]);
        return isNumber ? columnDecimals(numbers.filter((one): one is number => one !== null)) : null;
      }),
    [columns, rows],
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <div className={styles.gridBox} tabIndex={0} role="group" aria-label={t.files.asTable}>
      <table className={styles.grid}>
        <thead>
          <tr>
            {columns.map((column, at) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: two columns may have one name.
              <th key={at} scope="col" data-number={figures[at] !== null} title={column}>
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, n) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: rows are shown in their order.
            <tr key={n}>
              {columns.map((_, at) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: two columns may have one name.
                <Cell key={at} value={row[at]} decimals={figures[at] ?? null} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <p className={styles.note}>
        {t.files.rowsOf(rows.length, grid.rows.length, cut)}
        {grid.columns.length > columns.length && ` ${t.files.columnsOf(columns.length, grid.columns.length)}`}
      </p>
    </div>
  );
}

function Cell({ value, decimals }: { value: Json | undefined; decimals: number | null }) {
  if (value === undefined) return <td />;
  const number = decimals === null ? null : numberOf(value);
  const text = valueText(value);
  return (
    <td data-number={decimals !== null} title={text}>
      {number !== null && decimals !== null ? columnFigure(number, decimals) : text}
    </td>
  );
}
