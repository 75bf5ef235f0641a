/** A logged table: its rows are read as they are scrolled to; the server sorts, searches and filters them. */
import { keepPreviousData, useQueries } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import { type Condition, readRows, TABLE_PAGE, type TableAsked, tablePageQuery } from "../../net/tables";
import { rawText, tableAddress, tablePaths, writeRows } from "../../series/loggedTable";
import { say } from "../../state/toasts";
import { t } from "../../texts";
import { Button, IconButton, SearchInput } from "../parts/Controls";
import { useRested } from "../parts/hooks";
import { Icon } from "../parts/Icon";
import { Menu, MenuItem } from "../parts/Menus";
import { fileName, saveFile } from "../parts/saveFile";
import { CellOpened } from "./CellOpened";
import { ColumnFilter, conditionText } from "./ColumnFilter";
import { type ActiveCell, useGridKeys } from "./gridKeys";
import type { MediaProps } from "./kinds";
import { Missing, Waiting } from "./Missing";
import { filesOf } from "./mediaFiles";
import { TableCell } from "./TableCell";
import styles from "./tables.module.css";

const ROW_PX = 28;
const MEDIA_ROW_PX = 64;
const NUMBER_WIDTH_PX = 52;
const WIDTHS_PX = { number: 112, bool: 80, text: 200, media: 168, mixed: 168, empty: 88 };
const NARROWEST_PX = 48;
/** What a column of text takes at most of the room that is left. */
const MOST_MORE_PX = 400;
/** Rows of a file that the browser writes; a larger one would stand in memory twice. */
const CSV_ROWS = 50_000;

export default function LoggedTable(props: MediaProps) {
  const { value, files } = props;
  const paths = useMemo(() => tablePaths(value), [value]);
  if (paths.length === 0) return <Missing>{t.mediaViews.none}</Missing>;
  if (filesOf(value, files).some(({ file }) => file === null)) return <Missing />;
  return <Rows {...props} paths={paths} />;
}

function Rows({ place, run, mediaKey, value, files, full, paths }: MediaProps & { paths: string[] }) {
  const [typed, setTyped] = useState("");
  const q = useRested(typed, 250);
  const [sort, setSort] = useState<TableAsked["sort"]>([]);
  const [where, setWhere] = useState<Condition[]>([]);
  const [widths, setWidths] = useState<Record<string, number>>({});
  const [opened, setOpened] = useState(false);
  const address = tableAddress(value);
  const asked = useMemo(() => ({ paths, address, sort, q, where }), [paths, address, sort, q, where]);

  const scroller = useRef<HTMLDivElement>(null);
  const [matched, setMatched] = useState(0);
  const [hasMedia, setHasMedia] = useState(false);
  const rowPx = hasMedia ? MEDIA_ROW_PX : ROW_PX;
  const rows = useVirtualizer({
    count: matched,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 8,
  });
  const shown = rows.getVirtualItems();
  const firstPage = Math.floor((shown[0]?.index ?? 0) / TABLE_PAGE);
  const lastPage = Math.floor((shown.at(-1)?.index ?? 0) / TABLE_PAGE);
  // The first page says what columns and how many rows there are, so it is always asked for.
  const wanted = [...new Set([0, ...Array.from({ length: lastPage - firstPage + 1 }, (_, i) => firstPage + i)])];
  const pages = useQueries({
    queries: wanted.map((page) => ({
      ...tablePageQuery(place, run, asked, page),
      placeholderData: keepPreviousData,
      retry: 1,
    })),
  });
  const head = pages[0]!;
  const first = head.data;
  const columns = first?.columns ?? [];
  useEffect(() => {
    if (!first) return;
    setMatched(first.matched);
    setHasMedia(first.columns.some(({ kind }) => kind === "media"));
  }, [first]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows of another height are measured anew.
  useEffect(() => rows.measure(), [rowPx]);

  const room = rows.scrollRect?.width ?? 0;
  // What columns leave of the panel goes to those that hold text.
  const spare =
    room - NUMBER_WIDTH_PX - columns.reduce((sum, one) => sum + (widths[one.name] ?? WIDTHS_PX[one.kind]), 0);
  const texts = columns.filter(({ name, kind }) => kind === "text" && widths[name] === undefined).length;
  const more = texts > 0 ? Math.max(0, Math.min(Math.floor(spare / texts), MOST_MORE_PX)) : 0;
  const widthOf = (i: number) => {
    const { name, kind } = columns[i]!;
    return widths[name] ?? WIDTHS_PX[kind] + (kind === "text" ? more : 0);
  };
  const across = useVirtualizer({
    horizontal: true,
    count: columns.length,
    getScrollElement: () => scroller.current,
    estimateSize: widthOf,
    paddingStart: NUMBER_WIDTH_PX,
    scrollPaddingStart: NUMBER_WIDTH_PX,
    overscan: 3,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a column of another width is measured anew.
  useEffect(() => across.measure(), [widths, first?.columns, more]);
  const items = across.getVirtualItems();

  const pageOf = (index: number) => pages[wanted.indexOf(Math.floor(index / TABLE_PAGE))];
  const rowAt = (index: number) => {
    const answer = pageOf(index);
    // Rows of another page or question would stand at the wrong place.
    return answer?.isPlaceholderData && answer !== head ? undefined : answer?.data?.rows[index % TABLE_PAGE];
  };
  const cellOf = ({ row, column }: ActiveCell) => rowAt(row)?.cells[column] ?? null;
  const { active, setActive, press } = useGridKeys({
    rows: matched,
    columns: columns.length,
    onMove: (cell) => {
      rows.scrollToIndex(cell.row);
      across.scrollToIndex(cell.column);
    },
    onOpen: () => setOpened(true),
    textOf: (cell) => rawText(cellOf(cell)),
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another question begins at its first row.
  useEffect(() => {
    rows.scrollToOffset(0);
    setActive(null);
  }, [sort, q, where]);

  const turn = (column: string) => {
    const [now] = sort;
    if (now?.column !== column) setSort([{ column, descending: false }]);
    else setSort(now.descending ? [] : [{ column, descending: true }]);
  };
  if (head.error && !first) return <Missing>{t.loggedTable.failed(head.error.message)}</Missing>;
  if (!first) return <Waiting />;
  const [strong, rest] = t.loggedTable.rows(first.matched, first.total);
  const narrowed = q !== "" || where.length > 0;
  const own = files[String(value.path)];
  return (
    <div className={styles.whole} data-full={full || undefined}>
      <div className={styles.bar}>
        <SearchInput
          label={t.loggedTable.search}
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          className={styles.search}
        />
        <span className={styles.filters}>
          {where.map((one) => (
            <button
              key={`${one.column}${one.operator}${one.value}`}
              type="button"
              className={styles.chip}
              aria-label={t.loggedTable.removeFilter(conditionText(one))}
              onClick={() => setWhere(where.filter((other) => other !== one))}
            >
              <span>{conditionText(one)}</span>
              <Icon name="close" size={10} />
            </button>
          ))}
        </span>
        <span className={styles.count} role="status">
          <strong>{strong}</strong>
          {rest}
        </span>
        <Menu align="end" trigger={<IconButton icon="download" label={t.actions.download} />}>
          {own && (
            <MenuItem onSelect={() => window.open(`${own.address}&download=1`, "_blank", "noreferrer")}>
              {t.loggedTable.json}
            </MenuItem>
          )}
          <MenuItem onSelect={() => void saveCsv(place, run, asked, mediaKey)}>{t.loggedTable.csv}</MenuItem>
        </Menu>
      </div>
      <div
        ref={scroller}
        className={styles.scroller}
        role="grid"
        tabIndex={0}
        aria-label={`${t.loggedTable.label} ${mediaKey}`}
        aria-rowcount={first.matched + 1}
        aria-colcount={columns.length + 1}
        aria-busy={head.isPlaceholderData || undefined}
        aria-description={t.loggedTable.keys}
        onKeyDown={press}
      >
        <div className={styles.head} role="row" aria-rowindex={1} style={{ width: across.getTotalSize() }}>
          <div className={styles.corner} role="columnheader" aria-colindex={1} style={{ width: NUMBER_WIDTH_PX }}>
            <span className="visually-hidden">{t.loggedTable.row}</span>
          </div>
          {items.map((item) => {
            const { name, kind } = columns[item.index]!;
            const [sorted] = sort.filter(({ column }) => column === name);
            return (
              <div
                key={item.key}
                className={styles.column}
                role="columnheader"
                aria-label={name}
                aria-colindex={item.index + 2}
                aria-sort={sorted ? (sorted.descending ? "descending" : "ascending") : undefined}
                data-kind={kind}
                style={{ left: item.start, width: item.size }}
              >
                <button type="button" className={styles.columnName} title={name} onClick={() => turn(name)}>
                  <span>{name}</span>
                  {sorted && <Icon name={sorted.descending ? "sortDown" : "sortUp"} size={12} />}
                </button>
                <ColumnFilter
                  column={name}
                  kind={kind}
                  on={where.some((one) => one.column === name)}
                  onChange={(one) => setWhere([...where.filter((other) => other.column !== name), one])}
                />
                <Grip
                  label={t.loggedTable.resize(name)}
                  width={item.size}
                  onChange={(width) => setWidths((now) => ({ ...now, [name]: Math.max(width, NARROWEST_PX) }))}
                />
              </div>
            );
          })}
        </div>
        <div
          role="rowgroup"
          style={{ height: rows.getTotalSize(), width: across.getTotalSize() }}
          className={styles.rows}
        >
          {shown.map((virtual) => {
            const row = rowAt(virtual.index);
            return (
              <div
                key={virtual.key}
                className={styles.row}
                role="row"
                aria-rowindex={virtual.index + 2}
                style={{ transform: `translateY(${virtual.start}px)`, height: rowPx }}
              >
                <div className={styles.number} role="rowheader" aria-colindex={1} style={{ width: NUMBER_WIDTH_PX }}>
                  {row?.number}
                </div>
                {items.map((item) => {
                  const on = active?.row === virtual.index && active.column === item.index;
                  return (
                    // biome-ignore lint/a11y/useKeyWithClickEvents: the grid has the keys of all its cells.
                    <div
                      key={item.key}
                      className={styles.cell}
                      role="gridcell"
                      aria-colindex={item.index + 2}
                      aria-selected={on}
                      data-kind={columns[item.index]!.kind}
                      style={{ left: item.start, width: item.size }}
                      onClick={() => setActive({ row: virtual.index, column: item.index })}
                      onDoubleClick={() => setOpened(true)}
                    >
                      {row && (
                        <TableCell
                          cell={row.cells[item.index] ?? null}
                          files={pageOf(virtual.index)?.data?.files ?? {}}
                          onOpen={() => {
                            setActive({ row: virtual.index, column: item.index });
                            setOpened(true);
                          }}
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
          <div className={styles.none}>
            {narrowed ? t.loggedTable.noneMatch : t.loggedTable.empty}
            {narrowed && (
              <Button
                onClick={() => {
                  setTyped("");
                  setWhere([]);
                }}
              >
                {t.loggedTable.clear}
              </Button>
            )}
          </div>
        )}
      </div>
      {head.error && (
        <p className={styles.error} role="alert">
          {t.loggedTable.failed(head.error.message)}
        </p>
      )}
      {opened && active && (
        <CellOpened
          title={t.loggedTable.cell(columns[active.column]!.name, rowAt(active.row)?.number ?? active.row)}
          place={place}
          run={run}
          cell={cellOf(active)}
          files={pageOf(active.row)?.data?.files ?? {}}
          onClose={() => setOpened(false)}
        />
      )}
    </div>
  );
}

/** The edge of a column, which is dragged. */
function Grip({ label, width, onChange }: { label: string; width: number; onChange: (width: number) => void }) {
  const start = useRef<{ x: number; width: number } | null>(null);
  return (
    <div
      className={styles.grip}
      role="separator"
      aria-orientation="vertical"
      aria-label={label}
      aria-valuenow={Math.round(width)}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { x: event.clientX, width };
        event.preventDefault();
      }}
      onPointerMove={(event) => {
        if (start.current) onChange(start.current.width + event.clientX - start.current.x);
      }}
      onPointerUp={() => {
        start.current = null;
      }}
      onLostPointerCapture={() => {
        start.current = null;
      }}
    />
  );
}

async function saveCsv(place: MediaProps["place"], run: string, asked: TableAsked, name: string): Promise<void> {
  try {
    const { columns, rows, matched } = await readRows(place, run, asked, CSV_ROWS);
    const names = columns.map((column) => column.name);
    saveFile(fileName(name, "csv"), new Blob([writeRows(names, rows)], { type: "text/csv" }));
    if (rows.length < matched) say(t.loggedTable.csvCut(rows.length));
  } catch (error) {
    say(t.errors.failed((error as Error).message), { tone: "error" });
  }
}
