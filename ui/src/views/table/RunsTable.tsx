/** All runs of a project, wide: sort, filter, choose columns, edit in the cell. Rows and columns are virtual. */
import { useQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";
import { ApiError } from "../../net/http";
import { columnsQuery, type Place } from "../../net/projects";
import type { RunEdit, RunRow } from "../../net/shapes";
import { toggleDrawn } from "../../state/drawn";
import { edit } from "../../state/edits";
import { isValueKey, readSort } from "../../state/sort";
import { say } from "../../state/toasts";
import { changeView, viewStore } from "../../state/view";
import { t } from "../../texts";
import { runAt } from "../addresses";
import { NoProject, useEmpty } from "../home/NoProject";
import { Button, Empty, SearchInput } from "../parts/Controls";
import { useKeys, useTitle, useView } from "../parts/hooks";
import { Icon } from "../parts/Icon";
import { Switch } from "../parts/Menus";
import parts from "../parts/parts.module.css";
import { QueryLine } from "../workspace/QueryLine";
import { useRuns } from "../workspace/runs";
import { SortMenu } from "../workspace/SortMenu";
import { ColumnPicker } from "./ColumnPicker";
import { allColumns, chooseColumns, EVERYTHING, VALUES_ASKED } from "./columns";
import { exportCsv } from "./exportCsv";
import { figuresOf } from "./figures";
import { useRowFocus } from "./rowFocus";
import { SelectionBar } from "./SelectionBar";
import { TableHead } from "./TableHead";
import { TableRow } from "./TableRow";
import styles from "./table.module.css";

const NAME_PX = 312;
const NARROW_NAME_PX = 240;
const ROW_PX = 28;
const HEAD_PX = 48;

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
  const columns = useMemo(() => chooseColumns(known.data, chosen), [known.data, chosen]);
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
  const { active, setActive, keys } = useRowFocus(scroller, rows.length, vertical.scrollToIndex);
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
    ...keys,
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
          <TableHead columns={columns} items={columnItems} nameWidth={nameWidth} ids={ids} loaded={rows.length} />
          {rowItems.map((item) => {
            const row = rows[item.index]!;
            const isSelected = chosenRuns.has(row.id);
            return (
              <TableRow
                key={row.id}
                place={place}
                row={row}
                rows={rows}
                index={item.index}
                top={item.start + HEAD_PX}
                width={width}
                nameWidth={nameWidth}
                columns={columns}
                items={columnItems}
                figures={figures}
                sortedBy={sorted?.key}
                waiting={runs.stale || known.isPending}
                look={looks.get(row.id)}
                isSelected={isSelected}
                isActive={item.index === active}
                editing={editing?.run === row.id ? editing.column : null}
                tagged={isSelected ? rows.filter((one) => chosenRuns.has(one.id)) : [row]}
                onActive={() => setActive(item.index)}
                onSelect={(through) => select(row.id, through)}
                onEye={() => changeView(toggleDrawn(row.id, ids, viewStore.getState()))}
                onEditing={(column) => setEditing(column === null ? null : { run: row.id, column })}
                onChange={(set) => void change(row, set)}
              />
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
