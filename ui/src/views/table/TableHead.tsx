/** The table's two head rows: groups of columns, and columns that sort, move, widen and have a menu. */
import { type MouseEvent, memo, type PointerEvent, useMemo, useRef, useState } from "react";
import { partings } from "../../series/names";
import { addSort, nextSort, readSort } from "../../state/sort";
import { changeView, viewStore } from "../../state/view";
import { t } from "../../texts";
import { Checkbox } from "../parts/Controls";
import { useView } from "../parts/hooks";
import { Icon } from "../parts/Icon";
import { ColumnHead } from "./ColumnHead";
import { groupHeads, isSortable, type Laid, moveColumn, type TableColumn } from "./columns";
import { HeadMenu } from "./HeadMenu";
import styles from "./head.module.css";
import rows from "./table.module.css";

const DRAGGED_FROM_PX = 5;

/** A column on its way to another place. */
interface Drag {
  key: string;
  /** The column before which it would stand; null: at the end. */
  before: string | null;
  /** Where the mark stands, in px of the head. */
  markPx: number;
}

export const TableHead = memo(function TableHead({
  laid,
  firstColumn,
  lastColumn,
  nameWidth,
  goals,
  shownKeys,
  all,
  selectedAll,
  onSelectAll,
  onWidth,
}: {
  laid: Laid;
  /** The scrolling columns that are in view. */
  firstColumn: number;
  lastColumn: number;
  nameWidth: number;
  goals: Map<string, string>;
  /** All shown columns in their order. */
  shownKeys: string[];
  all: TableColumn[];
  selectedAll: boolean | "mixed";
  onSelectAll: () => void;
  /** A width on its way; null: it stays as it is. */
  onWidth: (width: { key: string; px: number } | null) => void;
}) {
  const sort = useView((view) => view.sort);
  const keys = readSort(sort);
  // Heads are cut where their names part from those of the other shown columns.
  const parted = useMemo(() => partings([...laid.fixed, ...laid.free].map(({ label }) => label)), [laid]);
  const [menu, setMenu] = useState<{ column: TableColumn; anchor: HTMLElement } | null>(null);
  const [drag, setDrag] = useState<Drag | null>(null);
  const row = useRef<HTMLDivElement>(null);
  const dragged = useRef(false);
  const fixedPx = nameWidth + laid.fixedPx;
  const start = (left: number) => fixedPx + left;

  const sortBy = (column: TableColumn | "name", event: MouseEvent) => {
    if (dragged.current) {
      dragged.current = false;
      return;
    }
    if (column !== "name" && !isSortable(column)) return;
    const key = column === "name" ? "name" : column.key;
    const first = column !== "name" && column.number ? "down" : "up";
    const now = viewStore.getState().sort;
    changeView({ sort: event.shiftKey ? addSort(now, key, first) : nextSort(now, key, first) });
  };

  /** Follows the pointer from a press on a head; the column moves when it is let go elsewhere. */
  const pressHead = (event: PointerEvent, column: TableColumn) => {
    if (event.button !== 0 || laid.fixed.includes(column)) return;
    const from = event.clientX;
    dragged.current = false;
    let latest: Drag | null = null;
    const move = (now: globalThis.PointerEvent) => {
      if (!latest && Math.abs(now.clientX - from) < DRAGGED_FROM_PX) return;
      const left = row.current!.getBoundingClientRect().left;
      const x = now.clientX - left - fixedPx;
      let at = laid.free.findIndex((one, i) => x < laid.freeLeft[i]! + one.widthPx / 2);
      if (at < 0) at = laid.free.length;
      const markPx = start(at < laid.free.length ? laid.freeLeft[at]! : laid.freePx);
      latest = { key: column.key, before: laid.free[at]?.key ?? null, markPx };
      dragged.current = true;
      setDrag(latest);
    };
    const end = (put: boolean) => {
      window.removeEventListener("pointermove", move);
      window.removeEventListener("pointerup", drop);
      window.removeEventListener("pointercancel", cancel);
      window.removeEventListener("keydown", key, true);
      setDrag(null);
      if (put && latest) changeView({ columns: moveColumn(shownKeys, latest.key, latest.before) });
    };
    const drop = () => end(true);
    const cancel = () => end(false);
    const key = (pressed: KeyboardEvent) => {
      if (pressed.key !== "Escape") return;
      pressed.stopPropagation();
      cancel();
    };
    window.addEventListener("pointermove", move);
    window.addEventListener("pointerup", drop);
    window.addEventListener("pointercancel", cancel);
    window.addEventListener("keydown", key, true);
  };

  const head = (column: TableColumn, index: number, left: number) => {
    const at = keys.findIndex((one) => one.key === column.key);
    return (
      <ColumnHead
        key={column.key}
        column={column}
        index={index}
        left={left}
        parting={parted.get(column.label)}
        order={at < 0 ? null : { at, of: keys.length, descending: keys[at]!.descending }}
        goal={column.group === "summary" ? goals.get(column.label) : undefined}
        isOpen={menu?.column.key === column.key}
        onMenu={(anchor) => setMenu({ column, anchor })}
        onPress={(event) => pressHead(event, column)}
        onSort={(event) => sortBy(column, event)}
        onWidth={onWidth}
      />
    );
  };

  const nameAt = keys.findIndex((one) => one.key === "name");
  return (
    <div className={styles.head}>
      <div className={styles.groups} aria-hidden="true">
        <div className={rows.fixed} style={{ width: fixedPx, height: 20 }} data-head="true">
          <div className={styles.corner} style={{ width: fixedPx, height: 20 }} />
        </div>
        {groupHeads(laid.free, fixedPx).map((group) => (
          <div
            key={`${group.label}-${group.left}`}
            className={styles.group}
            style={{ left: group.left, width: group.width }}
          >
            <span style={{ left: fixedPx + 8 }}>{group.label}</span>
          </div>
        ))}
      </div>
      <div className={styles.columns} role="row" aria-rowindex={1} ref={row}>
        <div className={rows.fixed} style={{ width: fixedPx, height: 28 }} data-head="true">
          <div
            className={styles.corner}
            role="columnheader"
            aria-colindex={1}
            aria-sort={nameAt === 0 ? (keys[0]!.descending ? "descending" : "ascending") : undefined}
            style={{ width: nameWidth, height: 28 }}
          >
            <Checkbox checked={selectedAll} label={t.table.selectAll} onChange={onSelectAll} />
            <button
              type="button"
              data-sort
              onClick={(event) => sortBy("name", event)}
              style={{ marginLeft: 50 }}
              title={t.table.sortMore}
            >
              {t.table.head.name}
              {nameAt >= 0 && <Icon name={keys[nameAt]!.descending ? "sortDown" : "sortUp"} size={12} />}
              {nameAt >= 0 && keys.length > 1 && <small>{nameAt + 1}</small>}
            </button>
          </div>
          {laid.fixed.map((column, i) => head(column, i + 1, nameWidth + laid.fixedLeft[i]!))}
        </div>
        {laid.free.slice(firstColumn, lastColumn).map((column, i) => {
          const at = firstColumn + i;
          return head(column, laid.fixed.length + at + 1, start(laid.freeLeft[at]!));
        })}
        {drag && <i className={styles.dropMark} style={{ left: drag.markPx }} />}
      </div>
      {menu && (
        <HeadMenu
          column={menu.column}
          anchor={menu.anchor}
          isFixed={laid.fixed.some((one) => one.key === menu.column.key)}
          shownKeys={shownKeys}
          all={all}
          onClose={() => setMenu(null)}
        />
      )}
    </div>
  );
});
