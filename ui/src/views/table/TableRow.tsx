/** One run in the table: its name and marks, and a cell for each column in view. */
import { memo, useEffect, useRef, useState } from "react";
import type { Place } from "../../net/projects";
import type { RunEdit, RunRow } from "../../net/shapes";
import type { Series } from "../../series/frame";
import { cutMiddle } from "../../series/names";
import { asNumber } from "../../series/tagged";
import type { Look } from "../../state/slots";
import { t } from "../../texts";
import { runAt } from "../addresses";
import { Checkbox, IconButton } from "../parts/Controls";
import { Icon } from "../parts/Icon";
import { Swatch } from "../parts/RunMarks";
import { Cell } from "./Cell";
import type { Laid, TableColumn } from "./columns";
import { EditField } from "./EditField";
import type { Figures } from "./figures";
import { TagCellEditor } from "./TagEditor";
import styles from "./table.module.css";

/** Width of a wide character of a name, so that one is cut in its middle before the cell cuts its end. */
const NAME_CHARACTER_PX = 7.2;

/** Columns that are edited in their cells. */
export const EDITED = new Set(["name", "notes", "tags"]);

/** What a row asks for; the same object for all of them. */
export interface RowActs {
  open(id: string): void;
  select(line: number, through: boolean): void;
  eye(id: string): void;
  focus(line: number, cell: number): void;
  startEdit(id: string, column: string): void;
  /** Ends editing; the focus goes back to the cell. */
  endEdit(): void;
  change(row: RunRow, set: RunEdit): void;
  restore(row: RunRow): void;
  /** Runs that an edit of tags reaches: this one, or all selected ones. */
  reached(row: RunRow): RunRow[];
  known(): Iterable<RunRow>;
}

/** What all rows share. */
export interface RowShared {
  place: Place;
  nameWidth: number;
  rowPx: number;
  widthPx: number;
  laid: Laid;
  figures: Map<string, Figures>;
  sortedBy: string | undefined;
  waiting: boolean;
  baseline: RunRow | undefined;
  goals: Map<string, string>;
  deleted: boolean;
  /** Whether the reader may change runs. */
  writable: boolean;
  acts: RowActs;
}

export interface TableRowProps {
  row: RunRow;
  line: number;
  /** How far it stands in within its groups. */
  depth: number;
  top: number;
  firstColumn: number;
  lastColumn: number;
  shared: RowShared;
  look: Look | undefined;
  isSelected: boolean;
  isPinned: boolean;
  /** The last of the pinned rows. */
  isPinnedEnd: boolean;
  /** The cell that Tab reaches in this row; -1: none. */
  activeCell: number;
  editing: string | null;
  /** Series of the curves in view, one a column, joined so that a row knows whether its own changed. */
  curves: Map<string, Map<string, Series | null>>;
}

export const TableRow = memo(TableRowInside, (a, b) => {
  for (const key of Object.keys(a) as (keyof TableRowProps)[]) {
    if (key === "curves") continue;
    if (a[key] !== b[key]) return false;
  }
  for (const [key, series] of b.curves) {
    if (series.get(b.row.id) !== a.curves.get(key)?.get(a.row.id)) return false;
  }
  return a.curves.size === b.curves.size;
});

function TableRowInside({
  row,
  line,
  depth,
  top,
  firstColumn,
  lastColumn,
  shared,
  look,
  isSelected,
  isPinned,
  isPinnedEnd,
  activeCell,
  editing,
  curves,
}: TableRowProps) {
  const { place, nameWidth, rowPx, laid, acts, baseline } = shared;
  const isBaseline = baseline?.id === row.id;
  const cell = (column: TableColumn, at: number, left: number) => (
    <BodyCell
      key={column.key}
      row={row}
      column={column}
      index={at}
      left={left}
      line={line}
      shared={shared}
      isActive={activeCell === at}
      isHot={isHot && EDITED.has(column.key)}
      isEditing={editing === column.key}
      baseline={baseline && !isBaseline ? baseline.values?.[column.key] : undefined}
      isBaseline={isBaseline}
      series={column.curve === undefined ? null : curves.get(column.key)?.get(row.id)}
      look={look}
    />
  );
  const href = runAt(place, row.id);
  // What is edited may have no column of its own here.
  // The buttons that edit are there for the row under the pointer only: a row is half as much to draw without them.
  const [isHot, setIsHot] = useState(false);
  const isElsewhere = editing !== null && editing !== "name" && !hasColumn(laid, editing);
  const indent = depth * 20;
  return (
    <div
      role="row"
      aria-rowindex={line + 2}
      aria-selected={isSelected}
      data-index={line}
      data-line={line}
      data-run={row.id}
      data-last={isPinnedEnd || undefined}
      className={styles.row}
      style={{ top, height: rowPx, width: shared.widthPx }}
      onPointerEnter={() => setIsHot(true)}
      onPointerLeave={() => setIsHot(false)}
    >
      <div className={styles.fixed} style={{ width: nameWidth + laid.fixedPx }}>
        <div
          role="gridcell"
          aria-colindex={1}
          data-cell={0}
          tabIndex={activeCell === 0 ? 0 : -1}
          className={styles.nameCell}
          style={{ width: nameWidth, paddingLeft: 12 }}
          onFocus={() => acts.focus(line, 0)}
        >
          <Checkbox
            checked={isSelected}
            label={t.table.select(row.name)}
            onChange={(event) => acts.select(line, event.shiftKey)}
          />
          {indent > 20 && <span style={{ width: indent - 20 }} />}
          {shared.deleted && shared.writable ? (
            <IconButton icon="undo" label={t.table.restore(row.name)} tabIndex={-1} onClick={() => acts.restore(row)} />
          ) : (
            <IconButton
              icon={look ? "eye" : "eyeClosed"}
              aria-pressed={look !== undefined}
              label={look ? t.list.eyeOn(row.name) : t.list.eyeOff(row.name)}
              tabIndex={-1}
              onClick={() => acts.eye(row.id)}
            />
          )}
          <Swatch look={look} />
          {isElsewhere ? (
            <FieldOf row={row} column={editing!} shared={shared} />
          ) : editing === "name" ? (
            <EditField
              className={styles.nameEdit!}
              label={t.table.editName(row.name)}
              value={row.name}
              onDone={(name) => {
                acts.endEdit();
                if (name && name !== row.name) acts.change(row, { name });
              }}
            />
          ) : (
            <>
              <a
                className={styles.name}
                href={href}
                tabIndex={-1}
                title={row.name}
                onClick={(event) => {
                  if (event.metaKey || event.ctrlKey || event.shiftKey || event.button !== 0) return;
                  event.preventDefault();
                  acts.open(row.id);
                }}
              >
                {cutMiddle(
                  row.name,
                  Math.floor(
                    (nameWidth - 96 - indent - (isBaseline ? 52 : 0) - (isPinned ? 18 : 0)) / NAME_CHARACTER_PX,
                  ),
                )}
              </a>
              {isBaseline && <small className={styles.mark}>{t.table.baselineMark}</small>}
              {isPinned && (
                <span className={styles.mark} title={t.table.pinnedMark}>
                  <Icon name="pin" size={12} />
                  <span className="visually-hidden">{t.table.pinnedMark}</span>
                </span>
              )}
              {(isHot || activeCell === 0) && !shared.deleted && shared.writable && (
                <IconButton
                  icon="pencil"
                  className={styles.pencil}
                  tabIndex={-1}
                  label={t.table.editName(row.name)}
                  onClick={() => acts.startEdit(row.id, "name")}
                />
              )}
            </>
          )}
        </div>
        {laid.fixed.map((column, i) => cell(column, i + 1, nameWidth + laid.fixedLeft[i]!))}
      </div>
      {laid.free.slice(firstColumn, lastColumn).map((column, i) => {
        const at = firstColumn + i;
        return cell(column, laid.fixed.length + at + 1, nameWidth + laid.fixedPx + laid.freeLeft[at]!);
      })}
    </div>
  );
}

/** A cell with its place and focus, and the field that edits it. */
const BodyCell = memo(function BodyCell({
  row,
  column,
  index,
  left,
  line,
  shared,
  isActive,
  isHot,
  isEditing,
  baseline,
  isBaseline,
  series,
  look,
}: {
  row: RunRow;
  column: TableColumn;
  index: number;
  left: number;
  line: number;
  shared: RowShared;
  isActive: boolean;
  /** The pointer is over the row. */
  isHot: boolean;
  isEditing: boolean;
  baseline: unknown;
  isBaseline: boolean;
  series: Series | null | undefined;
  look: Look | undefined;
}) {
  const { acts } = shared;
  const isEdited = EDITED.has(column.key);
  const compared = column.group === "summary" && column.number;
  return (
    <div
      role="gridcell"
      aria-colindex={index + 1}
      data-cell={index}
      tabIndex={isActive ? 0 : -1}
      className={styles.cell}
      data-number={column.number}
      data-column={column.key}
      data-editing={isEditing}
      style={{ left, width: column.widthPx }}
      onFocus={() => acts.focus(line, index)}
      onDoubleClick={isEdited && !isEditing ? () => acts.startEdit(row.id, column.key) : undefined}
    >
      {isEditing ? (
        <FieldOf row={row} column={column.key} shared={shared} />
      ) : (
        <>
          <Cell
            row={row}
            column={column}
            figures={shared.figures.get(column.key)}
            sorted={shared.sortedBy === column.key}
            waiting={shared.waiting}
            baseline={compared ? asNumber(baseline) : undefined}
            isBaseline={isBaseline}
            goal={compared ? shared.goals.get(column.label) : undefined}
            series={series}
            look={look}
          />
          {isEdited && (isHot || isActive) && !shared.deleted && shared.writable && (
            <IconButton
              icon={column.key === "tags" ? "plus" : "pencil"}
              className={styles.editCell}
              tabIndex={-1}
              label={column.key === "tags" ? t.table.editTags(row.name) : t.table.editNotes(row.name)}
              onClick={() => acts.startEdit(row.id, column.key)}
            />
          )}
        </>
      )}
    </div>
  );
});

function hasColumn({ fixed, free }: Laid, key: string): boolean {
  return fixed.some((column) => column.key === key) || free.some((column) => column.key === key);
}

/** What edits tags or notes. */
function FieldOf({ row, column, shared }: { row: RunRow; column: string; shared: RowShared }) {
  const { acts } = shared;
  if (column === "tags") {
    return <TagCellEditor place={shared.place} runs={acts.reached(row)} known={acts.known()} onDone={acts.endEdit} />;
  }
  return (
    <EditField
      className={styles.edit!}
      label={t.table.editNotes(row.name)}
      value={row.notes ?? ""}
      onDone={(notes) => {
        acts.endEdit();
        if (notes !== null && notes !== (row.notes ?? "")) acts.change(row, { notes });
      }}
    />
  );
}

/** A row whose run isn't read yet. */
export function WaitingRow({ line, top, shared }: { line: number; top: number; shared: RowShared }) {
  const { nameWidth, laid, rowPx, widthPx } = shared;
  const box = useRef<HTMLDivElement>(null);
  // Rows that were there a moment ago stay where they are; only a wait that can be felt is said.
  useEffect(() => {
    const timer = setTimeout(() => box.current?.setAttribute("data-late", "true"), 200);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div
      ref={box}
      role="row"
      aria-rowindex={line + 2}
      aria-busy="true"
      data-line={line}
      className={styles.row}
      style={{ top, height: rowPx, width: widthPx }}
    >
      <div className={styles.fixed} style={{ width: nameWidth + laid.fixedPx }}>
        <div role="gridcell" aria-colindex={1} className={styles.nameCell} style={{ width: nameWidth }}>
          <span className={styles.waiting}>{t.table.waiting}</span>
        </div>
      </div>
    </div>
  );
}
