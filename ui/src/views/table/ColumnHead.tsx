/** The head of one column: its name, cut where it differs from its neighbours', what it sorts by, its menu, its width. */
import { type MouseEvent, type PointerEvent, useRef } from "react";
import { cutApart } from "../../series/names";
import { changeView, viewStore } from "../../state/view";
import { t } from "../../texts";
import { Icon } from "../parts/Icon";
import { NARROWEST_PX, type TableColumn, WIDEST_PX } from "./columns";
import styles from "./head.module.css";

/** Width of a usual character of a head, and what stands beside its name. */
const CHARACTER_PX = 6.6;
const PADDING_PX = 16;
const SORTED_PX = 28;
const GOAL_PX = 16;
const CURVE_PX = 44;
/** Characters at the end of a cut name. */
const TAIL = 12;

/** Cuts a column's name to the room that its head has. */
function cutLabel(
  { label, widthPx, curve }: TableColumn,
  parting: number | undefined,
  isSorted: boolean,
  goal: boolean,
) {
  const marksPx = (isSorted ? SORTED_PX : 0) + (goal ? GOAL_PX : 0) + (curve ? CURVE_PX : 0);
  const room = Math.max(Math.floor((widthPx - PADDING_PX - marksPx) / CHARACTER_PX), 4);
  return cutApart(label, room, Math.min(TAIL, Math.floor(room / 2)), parting);
}

export function ColumnHead({
  column,
  index,
  left,
  parting,
  order,
  goal,
  isOpen,
  onMenu,
  onPress,
  onSort,
  onWidth,
}: {
  column: TableColumn;
  /** Its place among all columns, counted from the name. */
  index: number;
  left: number;
  /** Where its name parts from the most alike of the other columns'. */
  parting: number | undefined;
  /** Its place among the sort keys; null: rows aren't sorted by it. */
  order: { at: number; of: number; descending: boolean } | null;
  goal: string | undefined;
  /** Whether its menu is open. */
  isOpen: boolean;
  onMenu: (anchor: HTMLElement) => void;
  onPress: (event: PointerEvent) => void;
  onSort: (event: MouseEvent) => void;
  /** A width on its way; null: it stays as it is. */
  onWidth: (width: { key: string; px: number } | null) => void;
}) {
  return (
    <div
      className={styles.columnHead}
      role="columnheader"
      aria-label={column.curve ? t.table.curveTitle(column.curve) : column.label}
      aria-colindex={index + 1}
      aria-sort={order?.at === 0 ? (order.descending ? "descending" : "ascending") : undefined}
      data-sorted={order !== null || undefined}
      data-number={column.number}
      data-head={column.key}
      data-open={isOpen || undefined}
      style={{ left, width: column.widthPx }}
      onContextMenu={(event) => {
        event.preventDefault();
        onMenu(event.currentTarget);
      }}
    >
      <button
        type="button"
        title={column.curve ? t.table.curveTitle(column.curve) : column.key}
        onPointerDown={onPress}
        onClick={onSort}
      >
        <span>{cutLabel(column, parting, order !== null, goal !== undefined)}</span>
        {goal && <GoalMark goal={goal} />}
        {column.curve && <span className={styles.curveMark}>{t.table.curveMark}</span>}
        {order && <Icon name={order.descending ? "sortDown" : "sortUp"} size={12} />}
        {order && order.of > 1 && <small>{order.at + 1}</small>}
      </button>
      <button
        type="button"
        className={styles.headMenu}
        aria-label={t.table.columnMenu(column.label)}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={(event) => onMenu(event.currentTarget)}
      >
        <Icon name="chevronDown" size={12} />
      </button>
      <Grip column={column} onWidth={onWidth} />
    </div>
  );
}

/** Which way is better. */
function GoalMark({ goal }: { goal: string }) {
  const up = goal === "maximize";
  return (
    <span className={styles.goal} title={t.table.goal(up)}>
      <span aria-hidden="true">{up ? "↑" : "↓"}</span>
      <span className="visually-hidden">{t.table.goal(up)}</span>
    </span>
  );
}

/** The edge of a head: drag it for another width, double-click for the width it had. */
function Grip({
  column,
  onWidth,
}: {
  column: TableColumn;
  onWidth: (width: { key: string; px: number } | null) => void;
}) {
  const from = useRef<{ x: number; px: number; now: number } | null>(null);
  const keep = (px: number | null) => {
    const { [column.key]: _, ...others } = viewStore.getState().widths;
    changeView({ widths: px === null ? others : { ...others, [column.key]: Math.round(px) } });
  };
  return (
    <i
      className={styles.grip}
      title={t.table.widthTitle}
      onDoubleClick={() => keep(null)}
      onPointerDown={(event) => {
        event.preventDefault();
        event.stopPropagation();
        event.currentTarget.setPointerCapture(event.pointerId);
        from.current = { x: event.clientX, px: column.widthPx, now: column.widthPx };
      }}
      onPointerMove={(event) => {
        const start = from.current;
        if (!start) return;
        start.now = Math.min(Math.max(start.px + event.clientX - start.x, NARROWEST_PX), WIDEST_PX);
        onWidth({ key: column.key, px: start.now });
      }}
      onPointerUp={() => {
        const start = from.current;
        from.current = null;
        if (start && start.now !== start.px) keep(start.now);
        onWidth(null);
      }}
    />
  );
}
