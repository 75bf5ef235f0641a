/** One run in the table: its name and marks, and a cell for each column in view. */
import type { VirtualItem } from "@tanstack/react-virtual";
import { Link } from "wouter";
import type { Place } from "../../net/projects";
import type { RunEdit, RunRow } from "../../net/shapes";
import { cutMiddle } from "../../series/names";
import type { Look } from "../../state/slots";
import { t } from "../../texts";
import { runAt } from "../addresses";
import { Checkbox, IconButton } from "../parts/Controls";
import { Swatch } from "../parts/RunMarks";
import { Cell, EditField } from "./Cell";
import type { TableColumn } from "./columns";
import type { Figures } from "./figures";
import styles from "./table.module.css";

export function TableRow({
  place,
  row,
  rows,
  index,
  top,
  width,
  nameWidth,
  columns,
  items,
  figures,
  sortedBy,
  waiting,
  look,
  isSelected,
  isActive,
  editing,
  tagged,
  onActive,
  onSelect,
  onEye,
  onEditing,
  onChange,
}: {
  place: Place;
  row: RunRow;
  /** All loaded runs; their tags are those to choose from. */
  rows: RunRow[];
  index: number;
  top: number;
  width: number;
  nameWidth: number;
  columns: TableColumn[];
  /** The columns that are in view. */
  items: VirtualItem[];
  figures: Map<string, Figures>;
  sortedBy: string | undefined;
  /** Values are still on their way. */
  waiting: boolean;
  /** How its line is drawn; undefined when it isn't. */
  look: Look | undefined;
  isSelected: boolean;
  isActive: boolean;
  /** The column that is being edited. */
  editing: string | null;
  /** Runs that an edit of tags reaches. */
  tagged: RunRow[];
  onActive: () => void;
  onSelect: (through: boolean) => void;
  onEye: () => void;
  onEditing: (column: string | null) => void;
  onChange: (set: RunEdit) => void;
}) {
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={isSelected}
      tabIndex={isActive ? 0 : -1}
      data-index={index}
      data-run={row.id}
      className={styles.row}
      style={{ top, width }}
      onFocus={onActive}
    >
      <div role="gridcell" aria-colindex={1} className={styles.nameCell} style={{ width: nameWidth }}>
        <Checkbox
          checked={isSelected}
          label={t.table.select(row.name)}
          onChange={(event) => onSelect(event.shiftKey)}
        />
        <IconButton
          icon={look ? "eye" : "eyeClosed"}
          label={look ? t.list.eyeOn(row.name) : t.list.eyeOff(row.name)}
          tabIndex={-1}
          onClick={onEye}
        />
        <Swatch look={look} />
        {editing === "name" ? (
          <EditField
            className={styles.nameEdit!}
            label={t.table.editName(row.name)}
            value={row.name}
            onDone={(name) => {
              onEditing(null);
              if (name && name !== row.name) onChange({ name });
            }}
          />
        ) : (
          <>
            <Link
              className={styles.name}
              href={runAt(place, row.id)}
              tabIndex={-1}
              title={row.name}
              onDoubleClick={() => onEditing("name")}
            >
              {cutMiddle(row.name, Math.floor((nameWidth - 132) / 6.6))}
            </Link>
            <IconButton
              icon="pencil"
              className={styles.pencil}
              tabIndex={-1}
              label={t.table.editName(row.name)}
              onClick={() => onEditing("name")}
            />
          </>
        )}
      </div>
      {items.map((cell) => {
        const column = columns[cell.index]!;
        const isEditing = editing === column.key;
        return (
          <div
            key={column.key}
            role="gridcell"
            aria-colindex={cell.index + 2}
            className={styles.cell}
            data-number={column.number}
            data-column={column.key}
            data-editing={isEditing}
            style={{ left: cell.start, width: cell.size }}
          >
            <Cell
              place={place}
              row={row}
              column={column}
              figures={figures.get(column.key)}
              sorted={sortedBy === column.key}
              waiting={waiting}
              editing={isEditing}
              tagged={tagged}
              known={rows}
              onEdit={(on) => onEditing(on ? column.key : null)}
              onNotes={(notes) => onChange({ notes })}
            />
          </div>
        );
      })}
    </div>
  );
}
