/** All runs of a project, wide: sort, filter, choose columns, edit in the cell. Rows and columns are virtual. */
import { useQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import { Link, useLocation } from "wouter";
import { ApiError } from "../../net/http";
import { columnsQuery, fetchRuns, type Place } from "../../net/projects";
import type { RunEdit, RunRow } from "../../net/shapes";
import { columnDecimals, plain } from "../../series/format";
import { cutMiddle } from "../../series/names";
import { asNumber } from "../../series/tagged";
import { toggleDrawn } from "../../state/drawn";
import { edit } from "../../state/edits";
import { isValueKey, nextSort, readSort } from "../../state/sort";
import { say } from "../../state/toasts";
import { changeView, viewStore } from "../../state/view";
import { t } from "../../texts";
import { runAt } from "../addresses";
import { NoProject, useEmpty } from "../home/NoProject";
import { Button, Checkbox, Empty, IconButton, SearchInput } from "../parts/Controls";
import { useKeys, useTitle, useView } from "../parts/hooks";
import { Icon } from "../parts/Icon";
import { Switch } from "../parts/Menus";
import parts from "../parts/parts.module.css";
import { Swatch } from "../parts/RunMarks";
import { QueryLine } from "../workspace/QueryLine";
import { useRuns } from "../workspace/runs";
import { SortMenu } from "../workspace/SortMenu";
import { Cell, EditField, type Figures } from "./Cell";
import { ColumnPicker } from "./ColumnPicker";
import { allColumns, chooseColumns, EVERYTHING, type TableColumn, writeCsv } from "./columns";
import { SelectionBar } from "./SelectionBar";
import styles from "./table.module.css";

const NAME_PX = 312;
const NARROW_NAME_PX = 240;
const ROW_PX = 28;
const HEAD_PX = 48;
/** Columns whose values are asked for; the others show when they are chosen alone. */
const VALUES_ASKED = 120;

type Editing = { run: string; column: string } | null;

export function RunsTable({ place }: { place: Place }) {
  useTitle(`${place.project}, ${t.bar.runs}`);
  const [, navigate] = useLocation();
  const chosen = useView((view) => view.columns);
  const sort = useView((view) => view.sort);
  const filter = useView((view) => view.filter);
  const q = useView((view) => view.q);
  const selected = useView((view) => view.selected);
  const known = useQuery(columnsQuery(place));
  const all = useMemo(() => allColumns(known.data ?? []), [known.data]);
  const columns = useMemo(() => chooseColumns(known.data ?? [], chosen), [known.data, chosen]);
  const asked = useMemo(
    () =>
      columns
        .map((column) => column.key)
        .filter(isValueKey)
        .slice(0, VALUES_ASKED),
    [columns],
  );
  const runs = useRuns(place, asked);
  const empty = useEmpty(runs);
  const { rows, looks } = runs;
  const [editing, setEditing] = useState<Editing>(null);
  const [active, setActive] = useState(0);
  // The row that a key press moves to, until the focus is there: a second press in the same frame starts from it.
  const heading = useRef<number | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const filterInput = useRef<HTMLInputElement>(null);
  const nameWidth = window.innerWidth < 1180 ? NARROW_NAME_PX : NAME_PX;

  const vertical = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 10,
    scrollPaddingStart: HEAD_PX,
  });
  const horizontal = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => columns[index]!.widthPx,
    overscan: 2,
    paddingStart: nameWidth,
    getItemKey: (index) => columns[index]!.key,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: widths change with the columns.
  useEffect(() => horizontal.measure(), [columns]);
  const rowItems = vertical.getVirtualItems();
  const columnItems = horizontal.getVirtualItems();
  const lastRow = rowItems.at(-1)?.index ?? 0;
  useEffect(() => {
    if (runs.hasMore && lastRow > rows.length - 80) runs.readMore();
  }, [lastRow, rows.length, runs.hasMore, runs.readMore]);

  const figures = useMemo(() => figuresOf(rows, columns), [rows, columns]);
  const ids = useMemo(() => rows.map((row) => row.id), [rows]);
  const chosenRuns = new Set(selected);

  const change = async (row: RunRow, set: RunEdit) => {
    const targets = chosenRuns.has(row.id) && !("name" in set) ? selected : [row.id];
    try {
      await edit(place, targets, set);
    } catch (error) {
      say(t.errors.failed((error as Error).message), { tone: "error" });
    }
  };
  const select = (id: string, through: boolean) => {
    const now = viewStore.getState().selected;
    if (through && now.length > 0) {
      const [from, to] = [ids.indexOf(now.at(-1)!), ids.indexOf(id)].sort((a, b) => a - b) as [number, number];
      changeView({ selected: [...new Set([...now, ...ids.slice(Math.max(from, 0), to + 1)])] });
    } else changeView({ selected: now.includes(id) ? now.filter((one) => one !== id) : [...now, id] });
  };
  const go = (index: number) => {
    const next = Math.min(Math.max(index, 0), rows.length - 1);
    if (!rows[next]) return;
    setActive(next);
    vertical.scrollToIndex(next, { align: "auto" });
    heading.current = next;
    requestAnimationFrame(() => {
      if (heading.current !== next) return;
      heading.current = null;
      scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus({ preventScroll: true });
    });
  };
  const current = rows[active];
  const startEdit = (event: KeyboardEvent, column: string) => {
    if (!current) return;
    event.preventDefault();
    setEditing({ run: current.id, column });
  };
  useKeys({
    "/": (event) => {
      event.preventDefault();
      filterInput.current?.focus();
    },
    j: () => {
      const isThere = heading.current !== null || document.activeElement?.closest("[data-index]");
      go(isThere ? (heading.current ?? active) + 1 : active);
    },
    k: () => go((heading.current ?? active) - 1),
    ArrowDown: (event) => {
      if (!document.activeElement?.closest("[data-index]")) return;
      event.preventDefault();
      go(active + 1);
    },
    ArrowUp: (event) => {
      if (!document.activeElement?.closest("[data-index]")) return;
      event.preventDefault();
      go(active - 1);
    },
    x: () => current && select(current.id, false),
    " ": (event) => {
      if (!current) return;
      event.preventDefault();
      changeView(toggleDrawn(current.id, ids, viewStore.getState()));
    },
    e: (event) => startEdit(event, "name"),
    n: (event) => startEdit(event, "notes"),
    t: (event) => startEdit(event, "tags"),
    Enter: () => current && navigate(runAt(place, current.id)),
  });

  if (empty) return <NoProject place={place} runs={runs} />;
  const refused = runs.error instanceof ApiError && runs.error.status === 400;
  const [sorted] = readSort(sort);
  const everything = chosen?.[0] === EVERYTHING;
  const [matchedText, ofText] = t.table.matched(runs.matched, runs.total);
  const width = Math.max(horizontal.getTotalSize(), nameWidth);
  const firstShown = rowItems.find((item) => item.end > (vertical.scrollOffset ?? 0))?.index ?? 0;
  const heads = groupHeads(columns, nameWidth);
  return (
    <div className={styles.page}>
      <h1 className="visually-hidden">
        {place.entity} / {place.project}, {t.bar.runs}
      </h1>
      {(runs.pending || runs.stale) && <div className={parts.line} />}
      <div className={styles.bar}>
        <span className={styles.queryBox}>
          <QueryLine
            ref={filterInput}
            value={filter}
            onChange={(value) => changeView({ filter: value })}
            label={t.list.expressionLabel}
            placeholder={t.table.filter}
            clearLabel={t.list.clearExpression}
            bad={refused}
          />
        </span>
        <SearchInput
          className={styles.nameSearch}
          label={t.list.filterShort}
          value={q}
          onChange={(event) => changeView({ q: event.target.value })}
        />
        {refused && (
          <span className={styles.problem} role="alert" title={runs.error?.message}>
            {t.table.refused} {runs.error?.message}
          </span>
        )}
        <span className={styles.count}>
          <strong>{matchedText}</strong>
          {ofText}
        </span>
      </div>
      <div className={styles.bar}>
        <SortMenu place={place} />
        <ColumnPicker all={all} shown={columns} />
        <span className={styles.differs} title={t.table.differsTitle}>
          {t.table.differs}
          <Switch
            label={t.table.differs}
            on={chosen === null}
            onChange={(on) => changeView({ columns: on ? null : [EVERYTHING] })}
          />
        </span>
        <Button look="quiet" title={t.table.exportCsv} onClick={() => void exportCsv(place, columns, everything)}>
          <Icon name="download" size={14} />
          {t.table.export}
        </Button>
      </div>
      <div ref={scroller} className={styles.scroller}>
        <div
          role="grid"
          aria-label={t.table.label}
          aria-rowcount={runs.matched + 1}
          aria-colcount={columns.length + 1}
          aria-multiselectable="true"
          className={styles.grid}
          style={{ width, height: vertical.getTotalSize() + HEAD_PX }}
        >
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
                  checked={selected.length === 0 ? false : selected.length >= rows.length ? true : "mixed"}
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
              {columnItems.map((item) => {
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
          {rowItems.map((item) => {
            const row = rows[item.index]!;
            const look = looks.get(row.id);
            const isSelected = chosenRuns.has(row.id);
            const naming = editing?.run === row.id && editing.column === "name";
            return (
              <div
                key={row.id}
                role="row"
                aria-rowindex={item.index + 2}
                aria-selected={isSelected}
                tabIndex={item.index === active ? 0 : -1}
                data-index={item.index}
                data-run={row.id}
                className={styles.row}
                style={{ top: item.start + HEAD_PX, width }}
                onFocus={() => setActive(item.index)}
              >
                <div role="gridcell" aria-colindex={1} className={styles.nameCell} style={{ width: nameWidth }}>
                  <Checkbox
                    checked={isSelected}
                    label={t.table.select(row.name)}
                    onChange={(event) => select(row.id, event.shiftKey)}
                  />
                  <IconButton
                    icon={look ? "eye" : "eyeClosed"}
                    label={look ? t.list.eyeOn(row.name) : t.list.eyeOff(row.name)}
                    tabIndex={-1}
                    onClick={() => changeView(toggleDrawn(row.id, ids, viewStore.getState()))}
                  />
                  <Swatch look={look} />
                  {naming ? (
                    <EditField
                      className={styles.nameEdit!}
                      label={t.table.editName(row.name)}
                      value={row.name}
                      onDone={(name) => {
                        setEditing(null);
                        if (name && name !== row.name) void change(row, { name });
                      }}
                    />
                  ) : (
                    <>
                      <Link
                        className={styles.name}
                        href={runAt(place, row.id)}
                        tabIndex={-1}
                        title={row.name}
                        onDoubleClick={() => setEditing({ run: row.id, column: "name" })}
                      >
                        {cutMiddle(row.name, Math.floor((nameWidth - 132) / 6.6))}
                      </Link>
                      <IconButton
                        icon="pencil"
                        className={styles.pencil}
                        tabIndex={-1}
                        label={t.table.editName(row.name)}
                        onClick={() => setEditing({ run: row.id, column: "name" })}
                      />
                    </>
                  )}
                </div>
                {columnItems.map((cell) => {
                  const column = columns[cell.index]!;
                  const isEditing = editing?.run === row.id && editing.column === column.key;
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
                        sorted={sorted?.key === column.key}
                        editing={isEditing}
                        tagged={isSelected ? rows.filter((one) => chosenRuns.has(one.id)) : [row]}
                        known={rows}
                        onEdit={(on) => setEditing(on ? { run: row.id, column: column.key } : null)}
                        onNotes={(notes) => void change(row, { notes })}
                      />
                    </div>
                  );
                })}
              </div>
            );
          })}
        </div>
        {rows.length === 0 && !runs.pending && !refused && <Empty title={t.list.none}>{t.list.noneMore}</Empty>}
      </div>
      <SelectionBar
        place={place}
        selected={selected}
        rows={rows}
        where={
          rows.length > 0 && (
            <>
              {columnItems.length > 0 && columnItems.length < columns.length && (
                <span>
                  {t.table.columnsAt(columnItems[0]!.index + 1, columnItems.at(-1)!.index + 1, columns.length)}
                </span>
              )}
              <span>{t.table.rowsOf(firstShown + 1, Math.min(lastRow + 1, runs.matched), runs.matched)}</span>
            </>
          )
        }
      />
    </div>
  );
}

function figuresOf(rows: RunRow[], columns: TableColumn[]): Map<string, Figures> {
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

/** Runs of neighbouring columns of one group, with their places. */
function groupHeads(columns: TableColumn[], start: number): { label: string; left: number; width: number }[] {
  const heads: { label: string; left: number; width: number }[] = [];
  let left = start;
  let group: string | null = null;
  for (const column of columns) {
    if (column.group !== group) {
      heads.push({ label: t.table.groups[column.group], left, width: 0 });
      group = column.group;
    }
    heads.at(-1)!.width += column.widthPx;
    left += column.widthPx;
  }
  return heads;
}

const PAGE = 1000;

async function exportCsv(place: Place, columns: TableColumn[], everything: boolean): Promise<void> {
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
