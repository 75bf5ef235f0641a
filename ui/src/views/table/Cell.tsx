/** One cell of the runs table: a figure, a word, tags, or notes that are edited where they stand. */
import { Fragment, type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { Place } from "../../net/projects";
import type { RunRow } from "../../net/shapes";
import { columnFigure, count, duration, exact, figure, plain } from "../../series/format";
import { cutMiddle } from "../../series/names";
import { asNumber } from "../../series/tagged";
import { t } from "../../texts";
import { Tag } from "../parts/Controls";
import { Icon } from "../parts/Icon";
import { Popover } from "../parts/Menus";
import { ago, dayAndTime } from "../parts/moments";
import { State } from "../parts/RunMarks";
import { valueText } from "../parts/valueText";
import type { TableColumn } from "./columns";
import type { Figures } from "./figures";
import { TagEditor } from "./TagEditor";
import styles from "./table.module.css";

const LONG_TEXT = 26;
/** Characters of the longest figure that the narrowest column of figures has room for. */
const LONG_FIGURE = 9;

export function Cell({
  place,
  row,
  column,
  figures,
  sorted,
  waiting,
  editing,
  tagged,
  known,
  onEdit,
  onNotes,
}: {
  place: Place;
  row: RunRow;
  column: TableColumn;
  figures: Figures | undefined;
  sorted: boolean;
  /** The values of this row are still on their way. */
  waiting: boolean;
  editing: boolean;
  /** Runs that an edit of tags reaches: this one, or all selected ones. */
  tagged: RunRow[];
  known: RunRow[];
  onEdit: (on: boolean) => void;
  onNotes: (notes: string) => void;
}) {
  switch (column.key) {
    case "state":
      return <State state={row.state} />;
    case "tags":
      return (
        <Popover
          label={t.table.tagTitle(tagged.length)}
          width={232}
          open={editing}
          onOpenChange={onEdit}
          trigger={
            <button
              type="button"
              className={styles.tags}
              tabIndex={-1}
              aria-label={[...row.tags, t.table.editTags(row.name)].join(" ")}
            >
              {row.tags.map((tag) => (
                <Fragment key={tag}>
                  <Tag>{tag}</Tag>{" "}
                </Fragment>
              ))}
              <span className={styles.add}>
                <Icon name="plus" size={12} />
              </span>
            </button>
          }
        >
          <TagEditor place={place} runs={tagged} known={known} onDone={() => onEdit(false)} />
        </Popover>
      );
    case "notes":
      return editing ? (
        <EditField
          className={styles.edit!}
          label={t.table.editNotes(row.name)}
          value={row.notes ?? ""}
          onDone={(notes) => {
            onEdit(false);
            if (notes !== null && notes !== (row.notes ?? "")) onNotes(notes);
          }}
        />
      ) : (
        <button
          type="button"
          className={styles.notes}
          tabIndex={-1}
          aria-label={`${row.notes || t.table.noNotes} ${t.table.editNotes(row.name)}`}
          title={row.notes ?? ""}
          onClick={() => onEdit(true)}
        >
          {row.notes || <span className={styles.missing}>{t.table.noNotes}</span>}
        </button>
      );
    case "runtime_s":
      return <span>{row.runtime_s === null ? "" : duration(row.runtime_s)}</span>;
    case "last_step":
      return <span>{row.last_step === null || row.last_step < 0 ? "" : count(row.last_step)}</span>;
    case "created_at":
      return <span title={dayAndTime(row.created_at)}>{ago(row.created_at)}</span>;
    case "user":
    case "group":
    case "job_type":
      return <span>{row[column.key]}</span>;
    default:
      return <Value row={row} column={column} figures={figures} sorted={sorted} waiting={waiting} />;
  }
}

function Value({
  row,
  column,
  figures,
  sorted,
  waiting,
}: {
  row: RunRow;
  column: TableColumn;
  figures: Figures | undefined;
  sorted: boolean;
  waiting: boolean;
}) {
  const value = row.values?.[column.key];
  if (value === undefined && waiting) return null;
  if (value === undefined || value === null) return <span className={styles.missing}>{t.table.missing}</span>;
  const number = asNumber(value);
  if (number === null) {
    const text = valueText(value);
    return <span title={text}>{cutMiddle(text, LONG_TEXT)}</span>;
  }
  // A config value is what somebody typed: it is shown exactly, a measured one with its column's digits. One that was
  // drawn at random has more digits than the column has room, and a figure is never cut.
  const typed = typeof value === "object" ? plain(value) : exact(number);
  const text =
    typeof value === "object" || (column.group === "config" && typed.length <= LONG_FIGURE)
      ? typed
      : column.group === "config"
        ? figure(number, 4)
        : columnFigure(number, figures?.decimals ?? 4);
  const share = figures && figures.max > figures.min ? (number - figures.min) / (figures.max - figures.min) : 0;
  return (
    <>
      {sorted && Number.isFinite(share) && (
        <i className={styles.inBar} style={{ width: `calc(${(share * 100).toFixed(1)}% - 8px)` }} />
      )}
      <span className={Number.isFinite(number) ? undefined : styles.bad} title={plain(value)}>
        {text}
      </span>
    </>
  );
}

/** A text field in place: Enter and leaving keep, Esc restores (null). */
export function EditField({
  value,
  label,
  className,
  onDone,
}: {
  value: string;
  label: string;
  className: string;
  onDone: (value: string | null) => void;
}) {
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  const done = useRef(false);
  useEffect(() => field.current?.select(), []);
  const finish = (result: string | null) => {
    if (done.current) return;
    done.current = true;
    onDone(result);
  };
  const press = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === "Enter" && !event.nativeEvent.isComposing) finish(text.trim());
    if (event.key === "Escape") finish(null);
  };
  return (
    <input
      ref={field}
      // biome-ignore lint/a11y/noAutofocus: the reader asked to edit exactly this.
      autoFocus
      className={className}
      aria-label={label}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onKeyDown={press}
      onBlur={() => finish(text.trim())}
    />
  );
}
