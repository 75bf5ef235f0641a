/** The table's two head rows: groups of columns, and columns that sort. */
import type { VirtualItem } from "@tanstack/react-virtual";
import { nextSort, readSort } from "../../state/sort";
import { changeView } from "../../state/view";
import { t } from "../../texts";
import { Checkbox } from "../parts/Controls";
import { useView } from "../parts/hooks";
import { Icon } from "../parts/Icon";
import { groupHeads, type TableColumn } from "./columns";
import styles from "./table.module.css";

export function TableHead({
  columns,
  items,
  nameWidth,
  ids,
  loaded,
}: {
  columns: TableColumn[];
  /** The columns that are in view. */
  items: VirtualItem[];
  nameWidth: number;
  /** All loaded runs. */
  ids: string[];
  loaded: number;
}) {
  const sort = useView((view) => view.sort);
  const selected = useView((view) => view.selected);
  const [sorted] = readSort(sort);
  const heads = groupHeads(columns, nameWidth);
  return (
    <div className={styles.head}>
      <div className={styles.groups} aria-hidden="true">
        <div className={styles.corner} style={{ width: nameWidth, height: 20, position: "sticky" }} />
        {heads.map((head) => (
          <div
            key={`${head.label}-${head.left}`}
            className={styles.group}
            style={{ left: head.left, width: head.width }}
          >
            {head.label}
          </div>
        ))}
      </div>
      <div className={styles.columns} role="row" aria-rowindex={1}>
        <div
          className={styles.corner}
          role="columnheader"
          aria-colindex={1}
          aria-sort={sorted?.key === "name" ? (sorted.descending ? "descending" : "ascending") : undefined}
          style={{ width: nameWidth, height: 28 }}
        >
          <Checkbox
            checked={selected.length === 0 ? false : selected.length >= loaded ? true : "mixed"}
            label={t.table.selectAll}
            onChange={() => changeView({ selected: selected.length > 0 ? [] : ids })}
          />
          <button
            type="button"
            data-sort
            onClick={() => changeView({ sort: nextSort(sort, "name", "up") })}
            style={{ marginLeft: 42 }}
          >
            {t.table.head.name}
            {sorted?.key === "name" && <Icon name={sorted.descending ? "sortDown" : "sortUp"} size={12} />}
          </button>
        </div>
        {items.map((item) => {
          const column = columns[item.index]!;
          const on = sorted?.key === column.key;
          return (
            <div
              key={column.key}
              className={styles.columnHead}
              role="columnheader"
              aria-colindex={item.index + 2}
              aria-sort={on ? (sorted.descending ? "descending" : "ascending") : undefined}
              data-number={column.number}
              style={{ left: item.start, width: item.size }}
            >
              <button
                type="button"
                title={column.key}
                onClick={() => changeView({ sort: nextSort(sort, column.key, column.number ? "down" : "up") })}
              >
                <span>{column.label}</span>
                {on && <Icon name={sorted.descending ? "sortDown" : "sortUp"} size={12} />}
              </button>
            </div>
          );
        })}
      </div>
    </div>
  );
}
