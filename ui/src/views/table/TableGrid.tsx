/** The grid itself: rows and columns near what is seen, the focus in its cells, and the keys that act on them. */
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";
import { metricsQuery } from "../../net/metrics";
import { type Place, runPageQuery } from "../../net/projects";
import type { RunEdit, RunRow } from "../../net/shapes";
import { toggleDrawn } from "../../state/drawn";
import { restore } from "../../state/edits";
import type { Look } from "../../state/slots";
import { readSort } from "../../state/sort";
import { say } from "../../state/toasts";
import { changeView, viewStore } from "../../state/view";
import { t } from "../../texts";
import { compareOf, runAt } from "../addresses";
import { useKeys, useView } from "../parts/hooks";
import { useWritable } from "../parts/useWritable";
import { useCellFocus } from "./cellFocus";
import { layColumns, roomFor, type TableColumn } from "./columns";
import { useCurves } from "./curves";
import { editWithUndo } from "./editWithUndo";
import { sayFailed } from "./failed";
import { FigureBook } from "./figures";
import { type GroupActs, GroupRow, MoreRow } from "./GroupRow";
import { useSame } from "./same";
import { see } from "./seen";
import { allSelected, selectGroup, selectMatching } from "./selecting";
import { useColumnSnap } from "./snap";
import { TableHead } from "./TableHead";
import { EDITED, type RowActs, type RowShared, TableRow, WaitingRow } from "./TableRow";
import styles from "./table.module.css";
import type { TableRows } from "./useTableRows";
import { useWindow } from "./window";

const NAME_PX = 312;
const NARROW_NAME_PX = 240;
export const HEAD_PX = 48;
export function TableGrid({
  place,
  runs,
  columns,
  all,
  looks,
  onNear,
  children,
}: {
  place: Place;
  runs: TableRows;
  /** The shown columns in their order. */
  columns: TableColumn[];
  all: TableColumn[];
  looks: Map<string, Look>;
  /** Lines that are near what is seen. */
  onNear: (first: number, last: number) => void;
  children: ReactNode;
}) {
  const [, navigate] = useLocation();
  const selected = useView((view) => view.selected);
  const sort = useView((view) => view.sort);
  const fixed = useView((view) => view.fixed);
  const widths = useView((view) => view.widths);
  const rowPx = useView((view) => view.rowPx);
  const baselineId = useView((view) => view.baseline);
  const aggregate = useView((view) => view.aggregate);
  const pinned = useView((view) => view.pinned);
  const { question } = runs;
  // What the rows are, not what is asked for: another list may still be on its way.
  const { deleted } = question;
  const writable = useWritable(place);
  const [moving, setMoving] = useState<{ key: string; px: number } | null>(null);
  const [editing, setEditing] = useState<{ run: string; column: string } | null>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const nameWidth = window.innerWidth < 1180 ? NARROW_NAME_PX : NAME_PX;

  const shownKeys = useMemo(() => columns.map((column) => column.key), [columns]);
  const isGrouped = runs.groupedBy.length > 0;
  const isCompared = baselineId !== null || isGrouped;
  const laid = useMemo(() => {
    const roomy = columns.map((column) => roomFor(column, isCompared, isGrouped));
    return layColumns(roomy, fixed, moving ? { ...widths, [moving.key]: moving.px } : widths);
  }, [columns, fixed, widths, moving, isCompared, isGrouped]);
  const fixedPx = nameWidth + laid.fixedPx;
  const widthPx = fixedPx + laid.freePx;

  const near = useWindow(scroller, runs.lineCount, rowPx, HEAD_PX, fixedPx, laid.freeLeft, laid.freePx);
  useEffect(() => onNear(near.first, near.last), [onNear, near.first, near.last]);
  useEffect(() =>
    see({
      firstLine: near.seenFirst,
      lastLine: near.seenLast,
      firstColumn: near.seenFirstColumn,
      lastColumn: near.seenLastColumn,
      columns: laid.free.length,
    }),
  );
  useColumnSnap(scroller, laid.freeLeft);

  // Another question begins at its first row.
  const asked = JSON.stringify([question.q, question.filter, question.sort, question.group, question.deleted]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another question, not other columns.
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
  }, [asked]);

  const baseline = useQuery({
    ...runPageQuery(place, { ids: baselineId ? [baselineId] : [], columns: runs.asked, sort: "-created_at" }),
    enabled: baselineId !== null,
    placeholderData: (before) => before,
  }).data?.runs[0];
  const metrics = useQuery({ ...metricsQuery(place, "history"), enabled: !runs.pending, staleTime: 60_000 }).data;
  const goals = useMemo(
    () => new Map(metrics?.metrics.flatMap(({ key, goal }) => (goal ? [[key, goal] as const] : []))),
    [metrics],
  );
  const figureBook = useRef(new FigureBook());
  const figures = figureBook.current.of(runs.pages, columns);
  const [sorted] = readSort(sort);

  const selectedRuns = useMemo(() => new Set(selected), [selected]);
  const pinnedRuns = useMemo(() => new Set(pinned), [pinned]);
  const rowOn = (line: number): RunRow | undefined => {
    const at = runs.lineAt(line);
    return at?.kind === "run" ? runs.rowAt(at.source, at.index) : undefined;
  };

  const lineOf = (run: string): number | null => {
    for (let line = near.first; line < near.last; line++) if (rowOn(line)?.id === run) return line;
    return null;
  };

  const reveal = ({ line, cell }: { line: number; cell: number }) => {
    const box = scroller.current;
    if (!box) return;
    const top = line * rowPx;
    const room = box.clientHeight - HEAD_PX;
    if (top < box.scrollTop) box.scrollTop = top;
    else if (top + rowPx > box.scrollTop + room) box.scrollTop = top + rowPx - room;
    const column = cell - 1 - laid.fixed.length;
    if (column < 0) return;
    const left = laid.freeLeft[column] ?? 0;
    const wide = box.clientWidth - fixedPx;
    const right = left + (laid.free[column]?.widthPx ?? 0);
    if (left < box.scrollLeft) box.scrollLeft = left;
    else if (right > box.scrollLeft + wide) box.scrollLeft = Math.min(right - wide, left);
  };
  const pageLines = Math.max(Math.floor(((scroller.current?.clientHeight ?? 600) - HEAD_PX) / rowPx) - 1, 1);
  const focus = useCellFocus(scroller, { lines: runs.lineCount, cells: columns.length + 1, pageLines }, reveal);
  const { active } = focus;

  // Where a range of selected rows begins.
  const anchor = useRef(0);
  const select = (line: number, through: boolean) => {
    const row = rowOn(line);
    if (!row) return;
    const now = viewStore.getState().selected;
    if (through) {
      const [from, to] = [anchor.current, line].sort((a, b) => a - b) as [number, number];
      const between: string[] = [];
      for (let at = from; at <= to; at++) between.push(...(rowOn(at) ? [rowOn(at)!.id] : []));
      changeView({ selected: [...new Set([...now, ...between])] });
    } else {
      changeView({ selected: now.includes(row.id) ? now.filter((one) => one !== row.id) : [...now, row.id] });
    }
    anchor.current = line;
  };
  const change = async (row: RunRow, set: RunEdit) => {
    // A name is one run's own; the rest reaches all selected runs when this one is among them.
    const ids = selectedRuns.has(row.id) && !("name" in set) ? viewStore.getState().selected : [row.id];
    await editWithUndo(place, ids, set, [row, ...runs.byId.values()]);
  };
  const bringBack = async (ids: string[]) => {
    try {
      await restore(place, ids);
      say(t.table.restored(ids.length));
    } catch (error) {
      sayFailed(error);
    }
  };
  const eye = (id: string) => changeView(toggleDrawn(id, runs.ids, viewStore.getState()));

  // Rows are drawn again only when their own props change, so what they call is one object that never does.
  const now = {
    open: (id: string) => navigate(runAt(place, id)),
    select,
    eye,
    focus: (line: number, cell: number) => focus.setActive({ line, cell }),
    startEdit: (run: string, column: string) => {
      if (deleted || !writable) return;
      const cell = [...laid.fixed, ...laid.free].findIndex((one) => one.key === column) + 1;
      const line = lineOf(run);
      if (cell > 0 && line !== null) reveal({ line, cell });
      setEditing({ run, column });
    },
    endEdit: () => {
      setEditing(null);
      focus.refocus();
    },
    change: (row: RunRow, set: RunEdit) => void change(row, set),
    restore: (row: RunRow) => void bringBack([row.id]),
    reached: (row: RunRow) => (selectedRuns.has(row.id) ? selected.flatMap((id) => runs.byId.get(id) ?? []) : [row]),
    known: () => runs.byId.values(),
    toggle: runs.toggleGroup,
    selectGroup: (group: Parameters<typeof selectGroup>[0]) => selectGroup(group),
    showAll: runs.showAll,
    selectAll: () =>
      selected.length > 0 ? changeView({ selected: [] }) : void selectMatching(place, question, runs.matched),
  };
  const latest = useRef(now);
  latest.current = now;
  const acts = useMemo<RowActs & GroupActs & { showAll(source: string): void; selectAll(): void }>(
    () => ({
      open: (id) => latest.current.open(id),
      select: (line, through) => latest.current.select(line, through),
      eye: (id) => latest.current.eye(id),
      focus: (line, cell) => latest.current.focus(line, cell),
      startEdit: (id, column) => latest.current.startEdit(id, column),
      endEdit: () => latest.current.endEdit(),
      change: (row, set) => latest.current.change(row, set),
      restore: (row) => latest.current.restore(row),
      reached: (row) => latest.current.reached(row),
      known: () => latest.current.known(),
      toggle: (path) => latest.current.toggle(path),
      selectGroup: (group) => latest.current.selectGroup(group),
      showAll: (source) => latest.current.showAll(source),
      selectAll: () => latest.current.selectAll(),
    }),
    [],
  );
  const waiting = runs.stale || runs.asked.length === 0;
  const figuresKey = figures;
  const sharedNow: RowShared = {
    place,
    nameWidth,
    rowPx,
    widthPx,
    laid,
    figures: figuresKey,
    sortedBy: sorted?.key,
    waiting,
    baseline,
    goals,
    deleted,
    writable,
    acts,
  };
  const shared = useSame(sharedNow);

  const current = rowOn(active.line);
  const currentLine = runs.lineAt(active.line);
  const columnAt = (cell: number): string =>
    cell === 0 ? "name" : ([...laid.fixed, ...laid.free][cell - 1]?.key ?? "name");
  const startEdit = (event: KeyboardEvent, column: string) => {
    if (!current) return;
    event.preventDefault();
    acts.startEdit(current.id, column);
  };
  useKeys({
    ...focus.keys,
    x: () => {
      if (current) select(active.line, false);
      else if (currentLine?.kind === "group") selectGroup(currentLine.node.group);
    },
    " ": (event) => {
      if (!current) return;
      event.preventDefault();
      eye(current.id);
    },
    c: () => selected.length > 1 && !deleted && navigate(compareOf(place, selected)),
    e: (event) => startEdit(event, "name"),
    n: (event) => startEdit(event, "notes"),
    t: (event) => startEdit(event, "tags"),
    b: () => current && changeView({ baseline: baselineId === current.id ? null : current.id }),
    p: () => {
      if (!current) return;
      const { id } = current;
      changeView({ pinned: pinnedRuns.has(id) ? pinned.filter((one) => one !== id) : [...pinned, id] });
    },
    F2: (event) => {
      const column = columnAt(active.cell);
      startEdit(event, EDITED.has(column) ? column : "name");
    },
    Enter: (event) => {
      if (currentLine?.kind === "group") runs.toggleGroup(currentLine.node.path);
      else if (currentLine?.kind === "more") runs.showAll(currentLine.source);
      else if (current) {
        const column = columnAt(active.cell);
        if (column !== "name" && EDITED.has(column) && !deleted && writable) startEdit(event, column);
        else navigate(runAt(place, current.id));
      }
    },
  });

  const lines: ReactNode[] = [];
  const visible: string[] = [];
  // The cell that Tab reaches must be there, also when the one that had the focus was scrolled away.
  const tabLine = Math.min(Math.max(active.line, near.first), Math.max(near.last - 1, near.first));
  const curveColumns = laid.free.slice(near.firstColumn, near.lastColumn).concat(laid.fixed);
  for (let line = near.first; line < near.last; line++) {
    const row = rowOn(line);
    if (row) visible.push(row.id);
  }
  const curves = useCurves(place, curveColumns, visible);
  for (let line = near.first; line < near.last; line++) {
    const at = runs.lineAt(line);
    if (!at) continue;
    const top = line * rowPx + HEAD_PX;
    const activeCell = line === tabLine ? active.cell : -1;
    const range = { firstColumn: near.firstColumn, lastColumn: near.lastColumn };
    if (at.kind === "group") {
      lines.push(
        <GroupRow
          key={`g${at.node.path}`}
          node={at.node}
          groupKey={runs.groupedBy[at.node.depth]!}
          open={at.open}
          line={line}
          top={top}
          {...range}
          shared={shared}
          selected={allSelected(at.node.group, selectedRuns)}
          activeCell={activeCell}
          aggregate={aggregate}
          acts={acts}
        />,
      );
    } else if (at.kind === "more") {
      lines.push(
        <MoreRow
          key={`m${at.source}`}
          line={line}
          top={top}
          left={at.left}
          depth={at.depth}
          source={at.source}
          shared={shared}
          isActive={activeCell >= 0}
          acts={acts}
          onShow={acts.showAll}
        />,
      );
    } else {
      const row = rowOn(line);
      lines.push(
        row ? (
          <TableRow
            key={`${at.kind === "run" ? at.source : ""} ${row.id}`}
            row={row}
            line={line}
            depth={at.depth}
            top={top}
            {...range}
            shared={shared}
            look={looks.get(row.id)}
            isSelected={selectedRuns.has(row.id)}
            isPinned={pinnedRuns.has(row.id)}
            isPinnedEnd={line === runs.pinnedLines - 1}
            activeCell={activeCell}
            editing={editing?.run === row.id ? editing.column : null}
            curves={curves}
          />
        ) : (
          <WaitingRow key={`w${line}`} line={line} top={top} shared={shared} />
        ),
      );
    }
  }

  return (
    <div ref={scroller} className={styles.scroller} style={{ scrollPaddingLeft: fixedPx }}>
      {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: both roles have these properties. */}
      <div
        role={runs.groupedBy.length > 0 ? "treegrid" : "grid"}
        aria-label={t.table.label}
        aria-rowcount={runs.lineCount + 1}
        aria-colcount={columns.length + 1}
        aria-multiselectable="true"
        className={styles.grid}
        style={{ width: widthPx, height: runs.lineCount * rowPx + HEAD_PX }}
      >
        <TableHead
          laid={laid}
          firstColumn={near.firstColumn}
          lastColumn={near.lastColumn}
          nameWidth={nameWidth}
          goals={goals}
          shownKeys={shownKeys}
          all={all}
          selectedAll={selected.length === 0 ? false : selected.length >= runs.matched ? true : "mixed"}
          onSelectAll={acts.selectAll}
          onWidth={setMoving}
        />
        {lines}
      </div>
      {children}
    </div>
  );
}
