/** A table of sizes: any column may order it; the ordering one shows a bar behind its figures. */
import { type ReactNode, useMemo, useState } from "react";
import { inOrder, pressed, type SizeOrder, share } from "../../series/storage";
import { t } from "../../texts";
import { Button } from "../parts/Controls";
import { Icon } from "../parts/Icon";
import parts from "../parts/parts.module.css";
import styles from "./storage.module.css";

export interface SizeColumn<T> {
  key: string;
  head: string;
  title?: string;
  /** What the column orders by; a number is drawn as a size or count at the right. */
  value: (row: T) => number | string;
  show: (row: T) => ReactNode;
  isText?: boolean;
  /** Left out where the window is narrow. */
  isExtra?: boolean;
  width?: number;
}

const ROWS_AT_ONCE = 100;

export function SizeTable<T>({
  label,
  rows,
  columns,
  id,
  first,
}: {
  label: string;
  rows: readonly T[];
  columns: readonly SizeColumn<T>[];
  id: (row: T) => string;
  /** The column that orders at first. */
  first: string;
}) {
  const [order, setOrder] = useState<SizeOrder<string>>({ by: first, descending: true });
  const [most, setMost] = useState(ROWS_AT_ONCE);
  const by = columns.find((one) => one.key === order.by) ?? columns[0]!;
  const sorted = useMemo(() => inOrder(rows, by.value, id, order.descending), [rows, by, id, order.descending]);
  const largest = by.isText ? 0 : Math.max(0, ...rows.map((row) => Number(by.value(row))));
  const texts = columns.filter((one) => one.isText).map((one) => one.key);
  return (
    <div className={styles.scroll}>
      <table className={`${parts.table} ${styles.table}`} aria-label={label}>
        <thead>
          <tr>
            {columns.map((one) => (
              <th
                key={one.key}
                scope="col"
                style={{ width: one.width }}
                title={one.title}
                className={`${one.isText ? "" : styles.number} ${one.isExtra ? styles.extra : ""}`}
                aria-sort={one.key === by.key ? (order.descending ? "descending" : "ascending") : undefined}
              >
                <button type="button" onClick={() => setOrder(pressed(order, one.key, texts))}>
                  {one.head}
                  {one.key === by.key && <Icon name={order.descending ? "chevronDown" : "chevronUp"} size={12} />}
                </button>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {sorted.slice(0, most).map((row) => (
            <tr key={id(row)}>
              {columns.map((one) => (
                <td
                  key={one.key}
                  className={`${one.isText ? "" : styles.number} ${one.isExtra ? styles.extra : ""}`}
                  data-nothing={one.value(row) === 0 || undefined}
                >
                  {one.key === by.key && !one.isText && (
                    <i
                      className={styles.bar}
                      aria-hidden="true"
                      style={{ width: `${share(Number(one.value(row)), largest)}%` }}
                    />
                  )}
                  <span>{one.show(row)}</span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {sorted.length > most && (
        <Button look="quiet" onClick={() => setMost(most + ROWS_AT_ONCE)}>
          {t.panels.showMore(Math.min(ROWS_AT_ONCE, sorted.length - most))}
        </Button>
      )}
    </div>
  );
}
