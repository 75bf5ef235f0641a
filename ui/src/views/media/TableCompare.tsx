/** Two tables row by row: paired by a key, what came, went and changed; the server pairs, sorts and filters. */
import { keepPreviousData, useQueries } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import type { Place } from "../../net/projects";
import {
  COMPARED_PAGE,
  type ComparedColumn,
  type ComparedPage,
  type ComparedRow,
  type ComparisonAsked,
  comparedPageQuery,
  type TableSide,
} from "../../net/tableCompare";
import { count } from "../../series/format";
import { rawText } from "../../series/loggedTable";
import type { Change } from "../../series/versions";
import { t } from "../../texts";
import { Button, SearchInput } from "../parts/Controls";
import { useRested } from "../parts/hooks";
import { ComparedCell, ComparedOpened } from "./ComparedCell";
import { ColumnMenu, KeyMenu } from "./CompareMenus";
import { type ActiveCell, useGridKeys } from "./gridKeys";
import { Missing, Waiting } from "./Missing";
import styles from "./tableCompare.module.css";
import tables from "./tables.module.css";

const ROW_PX = 40;
const MEDIA_ROW_PX = 72;
const CHANGE_WIDTH_PX = 92;
const WIDTHS_PX = { number: 136, bool: 96, text: 176, media: 168, mixed: 168, empty: 96 };
const MOST_MORE_PX = 320;
const CHANGES: Change[] = ["changed", "added", "removed", "same"];

/** The rows that are shown at first: those that tell something. */
const TELLING: Change[] = ["changed", "added", "removed"];

export interface Sides {
  before: { side: TableSide; name: string };
  after: { side: TableSide; name: string };
}

export default function TableCompare({
  place,
  sides: { before, after },
  mediaKey,
  lead,
}: {
  place: Place;
  sides: Sides;
  /** Whose switches of overlays hold for pictures in it. */
  mediaKey: string;
  /** What stands first in the bar. */
  lead?: ReactNode;
}) {
  const [keys, setKeys] = useState<string[] | null>(null);
  const [show, setShow] = useState(TELLING);
  const [changedIn, setChangedIn] = useState<string[]>([]);
  const [sort, setSort] = useState<ComparisonAsked["sort"]>([]);
  const [typed, setTyped] = useState("");
  const q = useRested(typed, 250);
  const [opened, setOpened] = useState(false);
  // The same tables in new objects are no other question.
  const named = JSON.stringify([before.side, after.side]);
  const asked = useMemo(
    (): ComparisonAsked => ({
      before: JSON.parse(named)[0],
      after: JSON.parse(named)[1],
      keys,
      show: CHANGES.filter((one) => show.includes(one)),
      q,
      changed_in: changedIn,
      sort,
    }),
    [named, keys, show, q, changedIn, sort],
  );
  const names: [string, string] = [before.name, after.name];

  const scroller = useRef<HTMLDivElement>(null);
  const [matched, setMatched] = useState(0);
  const [rowPx, setRowPx] = useState(ROW_PX);
  const rows = useVirtualizer({
    count: matched,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 6,
  });
  const shown = rows.getVirtualItems();
  const firstPage = Math.floor((shown[0]?.index ?? 0) / COMPARED_PAGE);
  const lastPage = Math.floor((shown.at(-1)?.index ?? 0) / COMPARED_PAGE);
  // The first page says what columns and how many rows there are, so it is always asked for.
  const wanted = [...new Set([0, ...Array.from({ length: lastPage - firstPage + 1 }, (_, i) => firstPage + i)])];
  const pages = useQueries({
    queries: wanted.map((page) => ({
      ...comparedPageQuery(place, asked, page),
      placeholderData: keepPreviousData,
      retry: 1,
    })),
  });
  const head = pages[0]!;
  const first = head.data;
  const columns = useMemo(() => (first ? ordered(first) : []), [first]);
  useEffect(() => {
    if (!first) return;
    setMatched(first.matched);
    setRowPx(first.columns.some(({ kind }) => kind === "media") ? MEDIA_ROW_PX : ROW_PX);
  }, [first]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows of another height are measured anew.
  useEffect(() => rows.measure(), [rowPx]);

  const room = rows.scrollRect?.width ?? 0;
  const spare = room - CHANGE_WIDTH_PX - columns.reduce((sum, { column }) => sum + WIDTHS_PX[column.kind], 0);
  const texts = columns.filter(({ column }) => column.kind === "text").length;
  const more = texts > 0 ? Math.max(0, Math.min(Math.floor(spare / texts), MOST_MORE_PX)) : 0;
  const across = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => scroller.current,
    estimateSize: (i) => {
      const { kind } = columns[i]!.column;
      return WIDTHS_PX[kind] + (kind === "text" ? more : 0);
    },
    paddingStart: CHANGE_WIDTH_PX,
    scrollPaddingStart: CHANGE_WIDTH_PX,
    overscan: 3,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: other columns are measured anew.
  useEffect(() => across.measure(), [columns, more]);
  const items = across.getVirtualItems();

  const pageOf = (index: number) => pages[wanted.indexOf(Math.floor(index / COMPARED_PAGE))];
  const rowAt = (index: number): ComparedRow | undefined => {
    const answer = pageOf(index);
    return answer?.isPlaceholderData && answer !== head ? undefined : answer?.data?.rows[index % COMPARED_PAGE];
  };
  const placeOf = (column: number) => columns[column]?.place ?? 0;
  const { active, setActive, press } = useGridKeys({
    rows: matched,
    columns: columns.length,
    onMove: (cell) => {
      rows.scrollToIndex(cell.row);
      across.scrollToIndex(cell.column);
    },
    onOpen: () => setOpened(true),
    textOf: ({ row, column }: ActiveCell) => {
      const [old, now] = [rowAt(row)?.before, rowAt(row)?.after];
      return [old, now].map((cells) => rawText(cells?.[placeOf(column)] ?? null)).join("\t");
    },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question begins at its first row.
  useEffect(() => {
    rows.scrollToOffset(0);
    setActive(null);
  }, [asked]);

  if (head.error && !first) return <Missing>{t.tableCompare.failed(head.error.message)}</Missing>;
  if (!first) return <Waiting />;
  const total = CHANGES.reduce((sum, one) => sum + first.counts[one], 0);
  const [strong, rest] = t.tableCompare.matched(first.matched, total);
  const repeated = Math.max(...first.repeated);
  const clear = () => {
    setTyped("");
    setChangedIn([]);
    setShow(CHANGES);
  };
  return (
    <div className={styles.whole}>
      <div className={tables.bar}>
        {lead}
        <KeyMenu page={first} onChange={setKeys} />
        <span className={styles.changes} role="group" aria-label={t.tableCompare.shown}>
          {CHANGES.map((one) => (
            <button
              key={one}
              type="button"
              data-change={one}
              aria-pressed={show.includes(one)}
              onClick={() => setShow(show.includes(one) ? show.filter((other) => other !== one) : [...show, one])}
            >
              {t.artifactPages.signs[one]} {count(first.counts[one])} {t.artifactPages.changes[one]}
            </button>
          ))}
        </span>
        {repeated > 0 && <span className={styles.note}>{t.tableCompare.repeated(repeated)}</span>}
        <span className={tables.count} role="status">
          <strong>{strong}</strong>
          {rest}
        </span>
        <SearchInput
          label={t.tableCompare.search}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          className={tables.search}
        />
      </div>
      <div
        ref={scroller}
        className={tables.scroller}
        role="grid"
        tabIndex={0}
        aria-label={t.tableCompare.label(...names)}
        aria-rowcount={first.matched + 1}
        aria-colcount={columns.length + 1}
        aria-busy={head.isPlaceholderData || undefined}
        aria-description={t.tableCompare.keys}
        onKeyDown={press}
      >
        <div
          className={`${tables.head} ${styles.head}`}
          role="row"
          aria-rowindex={1}
          style={{ width: across.getTotalSize() }}
        >
          <div className={tables.corner} role="columnheader" aria-colindex={1} style={{ width: CHANGE_WIDTH_PX }}>
            <span className="visually-hidden">{t.tableCompare.row}</span>
          </div>
          {items.map((item) => {
            const { column } = columns[item.index]!;
            const [sorted] = sort.filter((one) => one.column === column.name);
            return (
              <div
                key={item.key}
                className={tables.column}
                role="columnheader"
                aria-label={column.name}
                aria-colindex={item.index + 2}
                aria-sort={sorted ? (sorted.descending ? "descending" : "ascending") : undefined}
                data-kind={column.kind}
                style={{ left: item.start, width: item.size }}
              >
                <ColumnMenu
                  column={column}
                  names={names}
                  isKey={first.keys.includes(column.name)}
                  sorted={sorted}
                  onlyDiffering={changedIn.includes(column.name)}
                  onSort={(order) => setSort(order ? [{ column: column.name, ...order }] : [])}
                  onOnlyDiffering={(on) => setChangedIn(on ? [column.name] : [])}
                />
              </div>
            );
          })}
        </div>
        <div
          role="rowgroup"
          style={{ height: rows.getTotalSize(), width: across.getTotalSize() }}
          className={tables.rows}
        >
          {shown.map((virtual) => {
            const row = rowAt(virtual.index);
            return (
              <div
                key={virtual.key}
                className={tables.row}
                role="row"
                aria-rowindex={virtual.index + 2}
                style={{ transform: `translateY(${virtual.start}px)`, height: rowPx }}
              >
                <div
                  className={`${tables.number} ${styles.change}`}
                  role="rowheader"
                  aria-colindex={1}
                  data-change={row?.change}
                  style={{ width: CHANGE_WIDTH_PX }}
                >
                  {row && `${t.artifactPages.signs[row.change]} ${t.artifactPages.changes[row.change]}`}
                </div>
                {items.map((item) => {
                  const { column, place: at } = columns[item.index]!;
                  const on = active?.row === virtual.index && active.column === item.index;
                  const open = () => {
                    setActive({ row: virtual.index, column: item.index });
                    setOpened(true);
                  };
                  return (
                    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid has the keys of all its cells.
                    <div
                      key={item.key}
                      className={`${tables.cell} ${styles.cell}`}
                      role="gridcell"
                      aria-colindex={item.index + 2}
                      aria-selected={on}
                      data-kind={column.kind}
                      style={{ left: item.start, width: item.size }}
                      onClick={() => setActive({ row: virtual.index, column: item.index })}
                      onDoubleClick={open}
                    >
                      {row && (
                        <ComparedCell
                          row={row}
                          at={at}
                          column={column}
                          names={names}
                          files={pageOf(virtual.index)?.data?.files ?? first.files}
                          onOpen={open}
                        />
                      )}
                    </div>
                  );
                })}
              </div>
            );
          })}
        </div>
        {first.matched === 0 && (
          <div className={tables.none}>
            {total === 0
              ? t.tableCompare.empty
              : first.counts.same === total && q === ""
                ? t.tableCompare.allSame
                : t.tableCompare.noneMatch}
            {total > 0 && <Button onClick={clear}>{t.tableCompare.clear}</Button>}
          </div>
        )}
      </div>
      {head.error && (
        <p className={tables.error} role="alert">
          {t.tableCompare.failed(head.error.message)}
        </p>
      )}
      {opened && active && rowAt(active.row) && (
        <ComparedOpened
          place={place}
          mediaKey={mediaKey}
          row={rowAt(active.row)!}
          rowName={nameOf(first, rowAt(active.row)!)}
          at={placeOf(active.column)}
          column={columns[active.column]!.column}
          names={names}
          sides={[before.side, after.side]}
          files={pageOf(active.row)?.data?.files ?? first.files}
          onClose={() => setOpened(false)}
        />
      )}
    </div>
  );
}

/** What a row is called: its key, or its number where that pairs rows. */
function nameOf({ columns, keys }: ComparedPage, { before, after, numbers }: ComparedRow): string {
  const cells = after ?? before ?? [];
  const words = keys.map((key) => rawText(cells[columns.findIndex(({ name }) => name === key)]));
  return words.length > 0 ? words.join(", ").slice(0, 120) : t.tableCompare.numbered(numbers[1] ?? numbers[0] ?? 0);
}

/** Columns with their place in the answer: those that pair rows stand first. */
function ordered({ columns, keys }: ComparedPage): { column: ComparedColumn; place: number }[] {
  const all = columns.map((column, place) => ({ column, place }));
  const isKey = ({ column }: { column: ComparedColumn }) => keys.includes(column.name);
  return [...all.filter(isKey), ...all.filter((one) => !isKey(one))];
}
