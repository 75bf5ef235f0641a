/** The run list, which is the charts' legend: what a row shows is how its line looks, and pointing at one lights both. */
import { useQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { lazy, Suspense, useEffect, useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";
import { useStore } from "zustand";
import { ApiError } from "../../net/http";
import { metricsQuery } from "../../net/metrics";
import type { Place } from "../../net/projects";
import type { RunRow } from "../../net/shapes";
import { columnDecimals, columnFigure, count, duration, plain } from "../../series/format";
import { cutMiddle } from "../../series/names";
import { asNumber } from "../../series/tagged";
import { drawOnly, toggleDrawn } from "../../state/drawn";
import { pointAt, pointerStore } from "../../state/pointer";
import { bareKey, isValueKey, readSort } from "../../state/sort";
import { changeView, DRAWN_AT_FIRST, viewStore, writeView } from "../../state/view";
import { t } from "../../texts";
import { compareOf, runAt, tableAt } from "../addresses";
import { Button, Empty, IconButton, SearchInput } from "../parts/Controls";
import { useKeys, usePointedRun, useRowPx, useSize, useView } from "../parts/hooks";
import { Icon } from "../parts/Icon";
import { Menu, MenuItem, MenuRule } from "../parts/Menus";
import { age } from "../parts/moments";
import parts from "../parts/parts.module.css";
import { useWritable } from "../parts/useWritable";
import { chooseColour, colourChoice } from "./colourChoice";
import { filterMessage } from "./filterMessage";
import { GroupMenu } from "./GroupMenu";
import { useDrawnGroups } from "./groups";
import { ListHandle } from "./ListHandle";
import styles from "./list.module.css";
import { QueryLine } from "./QueryLine";
import { RunListRow } from "./RunListRow";
import { useReadableFilter } from "./readableFilter";
import { chooseRun, runChoice } from "./runChoice";
import type { ListedRuns } from "./runs";
import { SortMenu, sortLabel } from "./SortMenu";

const GroupedRuns = lazy(() => import("./GroupedRuns"));
const ColourLegend = lazy(() => import("./ColourLegend"));
const ColourMenu = lazy(() => import("./ColourMenu"));
const RunMenu = lazy(() => import("./RunMenu"));

const DRAW_CHOICES = [8, DRAWN_AT_FIRST, 50, 100];

/** Gives the figures of the list's value column, aligned. */
function valueTexts(rows: RunRow[], sort: string, now: number): Map<string, string> {
  const key = readSort(sort)[0]?.key ?? "created_at";
  const out = new Map<string, string>();
  if (isValueKey(key)) {
    const numbers = rows.map((row) => asNumber(row.values?.[key]));
    const decimals = columnDecimals(numbers.filter((value): value is number => value !== null));
    rows.forEach((row, i) => {
      const value = row.values?.[key];
      const number = numbers[i]!;
      const text =
        number !== null ? columnFigure(number, decimals) : value === undefined ? t.table.missing : plain(value);
      out.set(row.id, cutMiddle(text, 12, 4));
    });
    return out;
  }
  for (const row of rows) {
    if (key === "runtime_s") out.set(row.id, row.runtime_s === null ? t.table.missing : duration(row.runtime_s));
    else if (key === "last_step") out.set(row.id, (row.last_step ?? -1) < 0 ? t.table.missing : count(row.last_step!));
    else out.set(row.id, age(row.created_at, now));
  }
  return out;
}

/** How far a run's value is from the baseline's; undefined where one of them has no number. */
function differenceOf(row: RunRow, baseline: RunRow, key: string): number | undefined {
  const value = asNumber(row.values?.[key]);
  const compared = asNumber(baseline.values?.[key]);
  return value === null || compared === null ? undefined : value - compared;
}

/** Which way a summary's metric is better, if its script said so. */
function useGoal(place: Place, key: string, wanted: boolean): string | undefined {
  const metrics = useQuery({ ...metricsQuery(place, "history"), enabled: wanted && key.startsWith("summary.") }).data;
  return metrics?.metrics.find((metric) => metric.key === bareKey(key))?.goal;
}

export function RunList({
  place,
  runs,
  width: wanted,
  onWidth,
}: {
  place: Place;
  runs: ListedRuns;
  width: number;
  onWidth: (width: number) => void;
}) {
  const [, navigate] = useLocation();
  const { rows, looks } = runs;
  const group = useView((view) => view.group);
  const groups = useDrawnGroups(place, group);
  const grouped = group.length > 0;
  const q = useView((view) => view.q);
  const filter = useView((view) => view.filter);
  const sort = useView((view) => view.sort);
  const draw = useView((view) => view.draw);
  const colour = useView((view) => view.colour);
  const selected = useView((view) => view.selected);
  const pointed = usePointedRun();
  const [active, setActive] = useState(0);
  const list = useRef<HTMLElement>(null);
  const scroller = useRef<HTMLDivElement>(null);
  const counts = useRef<HTMLDivElement>(null);
  // A narrow window gives less than is wanted.
  const width = useSize(list).width || wanted;
  const search = useRef<HTMLInputElement>(null);
  const ids = useMemo(() => rows.map((row) => row.id), [rows]);
  const pinned = useView((view) => view.pinned);
  const baseline = useView((view) => view.baseline);
  const compared = rows.find((row) => row.id === baseline);
  const key = readSort(sort)[0]?.key ?? "created_at";
  const values = valueTexts(rows, sort, Date.now() / 1000);
  const { trouble, isTold } = useReadableFilter();
  const refused = !trouble && runs.error instanceof ApiError && runs.error.status === 400;

  const rowPx = useRowPx();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (runs.hasMore && lastShown > rows.length - 60) runs.readMore();
  }, [lastShown, rows.length, runs.hasMore, runs.readMore]);

  // Pointing at a line brings its row into view.
  useEffect(
    () =>
      pointerStore.subscribe((now, before) => {
        if (now.run === before.run || now.panel === null || !now.run) return;
        const index = ids.indexOf(now.run);
        if (index >= 0) virtual.scrollToIndex(index, { align: "auto" });
      }),
    [ids, virtual],
  );

  const toggle = (id: string) => changeView(toggleDrawn(id, ids, viewStore.getState()));
  const only = (id: string) => changeView(drawOnly(id, ids, viewStore.getState()));
  const go = (index: number) => {
    const next = Math.min(Math.max(index, 0), rows.length - 1);
    const row = rows[next];
    if (!row) return;
    setActive(next);
    virtual.scrollToIndex(next, { align: "auto" });
    pointAt({ run: row.id, panel: null });
    requestAnimationFrame(() =>
      scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus({ preventScroll: true }),
    );
  };
  const current = rows[active];
  const select = (id: string) => {
    const { selected: now } = viewStore.getState();
    changeView({ selected: now.includes(id) ? now.filter((one) => one !== id) : [...now, id] });
  };

  const writable = useWritable(place);
  const change = (event: KeyboardEvent, part: "name" | "tags") => {
    const anchor = scroller.current?.querySelector<HTMLElement>(`[data-index="${active}"] [data-swatch]`);
    if (!current || !anchor || !writable) return;
    event.preventDefault();
    chooseRun({ row: current, anchor, part });
  };
  const dropSelected = async () => {
    const { removeWithUndo } = await import("../table/SelectionBar");
    await removeWithUndo(place, selected);
  };

  useKeys({
    "/": (event) => {
      event.preventDefault();
      search.current?.focus();
      search.current?.select();
    },
    j: () => go(pointed === null && active === 0 ? 0 : active + 1),
    k: () => go(active - 1),
    ArrowDown: (event) => {
      if (!scroller.current?.contains(event.target as Node)) return;
      event.preventDefault();
      go(active + 1);
    },
    ArrowUp: (event) => {
      if (!scroller.current?.contains(event.target as Node)) return;
      event.preventDefault();
      go(active - 1);
    },
    " ": (event) => {
      if (!current) return;
      event.preventDefault();
      toggle(current.id);
    },
    b: () => current && changeView({ baseline: baseline === current.id ? null : current.id }),
    p: () =>
      current &&
      changeView({
        pinned: pinned.includes(current.id) ? pinned.filter((id) => id !== current.id) : [...pinned, current.id],
      }),
    o: () => scroller.current?.querySelector<HTMLElement>(`[data-index="${active}"] [data-swatch]`)?.click(),
    x: () => current && select(current.id),
    c: () => selected.length > 1 && navigate(compareOf(place, selected)),
    Enter: () => current && navigate(runAt(place, current.id)),
    e: (event) => change(event, "name"),
    t: (event) => change(event, "tags"),
    Delete: () => writable && selected.length > 0 && void dropSelected(),
  });

  useEffect(
    () => () => {
      chooseColour(null);
      chooseRun(null);
    },
    [],
  );
  const doing = useStore(runChoice, (state) => state.open);
  const choice = useStore(colourChoice, (state) => state.open);
  const hueOf = (id: string) => (looks.get(id) ?? groups.drawn.find(({ row }) => row.id === id)?.look)?.hue ?? null;
  const goal = useGoal(place, key, compared !== undefined);
  const drawnCount = grouped ? groups.drawn.length : looks.size;
  const customised = useView((view) => view.shown.length + view.hidden.length > 0);
  const [drawnText, drawnWord] = t.list.drawnOf(drawnCount, grouped ? groups.total : runs.matched);
  return (
    <aside ref={list} className={styles.list} aria-label={t.list.label}>
      <div className={styles.searchRow}>
        <SearchInput
          ref={search}
          label={width < 320 ? t.list.filterShort : t.list.filter}
          hint="/"
          value={q}
          onChange={(event) => changeView({ q: event.target.value })}
          onKeyDown={(event) => {
            if (event.key === "Escape") event.currentTarget.blur();
          }}
        />
        <IconButton
          icon="expand"
          label={t.list.table}
          onClick={() => navigate(tableAt(place) + writeView(viewStore.getState()))}
        />
      </div>
      <div className={styles.queryRow}>
        <QueryLine
          place={place}
          value={filter}
          onChange={(value) => changeView({ filter: value })}
          label={t.list.expressionLabel}
          placeholder={t.list.expression}
          clearLabel={t.list.clearExpression}
          bad={refused || isTold}
        />
      </div>
      {isTold && (
        <p className={styles.hint} role="status">
          {t.filter.unfinished} {filterMessage(trouble!)}
        </p>
      )}
      {refused && (
        <p className={styles.problem} role="alert">
          {runs.error?.message}
        </p>
      )}
      <div className={styles.sortRow}>
        <SortMenu place={place} />
        <GroupMenu place={place} />
        <Menu
          align="end"
          trigger={
            <Button look="quiet">
              <span className={parts.wordIfRoom}>{t.list.draw}</span> <strong>{t.list.drawFirst(draw)}</strong>
              <Icon name="chevronDown" size={12} />
            </Button>
          }
        >
          {DRAW_CHOICES.map((choice) => (
            <MenuItem
              key={choice}
              checked={choice === draw}
              onSelect={() => changeView({ draw: choice, shown: [], hidden: [] })}
            >
              {t.list.drawFirst(choice)}
            </MenuItem>
          ))}
          <MenuRule />
          <MenuItem
            // After the menu is closed: closing it would close what takes its place.
            onSelect={() => setTimeout(() => chooseColour({ id: "", name: "", anchor: counts.current! }))}
          >
            {t.colours.by}…
          </MenuItem>
        </Menu>
      </div>
      <div className={styles.counts} ref={counts}>
        <span>
          <strong>{drawnText}</strong>
          {grouped ? t.list.groupsWord(drawnWord) : drawnWord} · {t.list.matchOf(runs.matched, runs.total)}
        </span>
        {customised && (
          <button
            type="button"
            style={{ color: "var(--accent-text)" }}
            onClick={() => changeView({ shown: [], hidden: [] })}
          >
            {t.list.resetDrawn}
          </button>
        )}
        <span className={styles.valueHead} title={sortLabel(key)}>
          {isValueKey(key) ? cutMiddle(bareKey(key), 16) : sortLabel(key)}
        </span>
        {compared && isValueKey(key) && width >= 320 && <span className={styles.deltaHead}>{t.list.delta}</span>}
      </div>
      {colour && (!grouped || group.includes(colour)) && (
        <Suspense fallback={null}>
          <ColourLegend place={place} by={colour} drawn={grouped ? groups.drawn : runs.drawn} />
        </Suspense>
      )}
      {rows.length === 0 && !runs.pending && !refused ? (
        <Empty title={t.list.none}>{t.list.noneMore}</Empty>
      ) : grouped ? (
        <Suspense fallback={<div className={styles.rows} />}>
          <GroupedRuns place={place} groups={groups} pointed={pointed} width={width} />
        </Suspense>
      ) : (
        <div ref={scroller} className={styles.rows} onMouseLeave={() => pointAt({ run: null })}>
          <div
            role="grid"
            aria-label={t.list.label}
            aria-rowcount={runs.matched}
            aria-colcount={4}
            aria-multiselectable="true"
            style={{ height: virtual.getTotalSize(), position: "relative" }}
          >
            {items.map((item) => {
              const row = rows[item.index]!;
              return (
                <RunListRow
                  key={row.id}
                  place={place}
                  row={row}
                  index={item.index}
                  top={item.start}
                  look={looks.get(row.id)}
                  value={values.get(row.id) ?? ""}
                  delta={compared && isValueKey(key) ? differenceOf(row, compared, key) : undefined}
                  mark={row.id === baseline ? "baseline" : pinned.includes(row.id) ? "pinned" : undefined}
                  isTopEnd={item.index === runs.top - 1}
                  goal={goal}
                  hot={pointed === row.id}
                  selected={selected.includes(row.id)}
                  focusable={item.index === active}
                  width={width}
                  onToggle={toggle}
                  onOnly={only}
                  onActive={setActive}
                />
              );
            })}
          </div>
        </div>
      )}
      {choice && (
        <Suspense fallback={null}>
          <ColourMenu key={choice.id} place={place} {...choice} hue={hueOf(choice.id)} />
        </Suspense>
      )}
      {doing && (
        <Suspense fallback={null}>
          <RunMenu key={doing.row.id} place={place} choice={doing} known={rows} onOnly={only} />
        </Suspense>
      )}
      <ListHandle
        width={wanted}
        onWidth={onWidth}
        onTable={() => navigate(tableAt(place) + writeView(viewStore.getState()))}
      />
    </aside>
  );
}
