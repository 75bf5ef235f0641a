/** The runs of a project as the list, the charts and the table share them. */
import { keepPreviousData, useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { useStore } from "zustand";
import { type Place, runsQuery } from "../../net/projects";
import type { RunRow } from "../../net/shapes";
import { coloursStore } from "../../state/colours";
import { drawnRuns } from "../../state/drawn";
import { type Look, SlotBook } from "../../state/slots";
import { isValueKey, readSort } from "../../state/sort";
import { useRested, useView } from "../parts/hooks";
import { useColoured } from "./colourBy";
import { useNamedColumns } from "./lineNames";
import { useReadableFilter } from "./readableFilter";

export interface DrawnRun {
  row: RunRow;
  look: Look;
  /** Of a group: its runs, the first thousand. */
  runs?: string[];
}

export interface ListedRuns {
  rows: RunRow[];
  /** How many of the first rows stand there because they are pinned, or the baseline. */
  top: number;
  total: number;
  matched: number;
  drawn: DrawnRun[];
  looks: Map<string, Look>;
  error: Error | null;
  /** Nothing is known yet. */
  pending: boolean;
  /** Shown rows are those of the previous question. */
  stale: boolean;
  hasMore: boolean;
  readMore: () => void;
}

/** Changes when the reader gives a run another colour. */
export const useHues = () => useStore(coloursStore, (state) => state.hues);

const books = new Map<string, SlotBook>();

export function bookOf({ entity, project }: Place): SlotBook {
  const name = `${entity}/${project}`;
  let book = books.get(name);
  if (!book) {
    book = new SlotBook(name);
    books.set(name, book);
  }
  return book;
}

/** Lists runs as the view asks, and says which are drawn and how they look. */
export function useRuns(place: Place, columns: string[] = []): ListedRuns {
  const q = useRested(
    useView((view) => view.q),
    120,
  );
  const { filter } = useReadableFilter();
  const sort = useView((view) => view.sort);
  const draw = useView((view) => view.draw);
  const shown = useView((view) => view.shown);
  const hidden = useView((view) => view.hidden);
  const pinned = useView((view) => view.pinned);
  const baseline = useView((view) => view.baseline);
  // Compared with, or kept in sight: drawn wherever they stand in the list.
  const kept = useMemo(() => [...new Set([...(baseline ? [baseline] : []), ...pinned])], [baseline, pinned]);

  const named = useNamedColumns();
  const colour = useView((view) => view.colour);
  const asked = useMemo(() => {
    const keys = [...readSort(sort).map(({ key }) => key), ...(colour ? [colour] : [])];
    return { q, filter, sort, columns: [...new Set([...columns, ...named, ...keys.filter(isValueKey)])].sort() };
  }, [q, filter, sort, columns, named, colour]);
  const list = useInfiniteQuery({ ...runsQuery(place, asked), placeholderData: keepPreviousData });

  const rows = useMemo(() => list.data?.pages.flatMap((page) => page.runs) ?? [], [list.data]);
  const outside = useMemo(() => {
    const listed = new Set(rows.map((row) => row.id));
    const wanted = [...new Set([...kept, ...shown])];
    return list.data ? wanted.filter((id) => !listed.has(id)).slice(0, 100) : [];
  }, [rows, shown, kept, list.data]);
  // Runs drawn by the reader's wish may stand outside of the filter; they are asked for by name.
  const extra = useInfiniteQuery({
    ...runsQuery(place, { ids: outside, sort: "-created_at", columns: asked.columns }),
    enabled: outside.length > 0,
  });

  const extraRows = useMemo(
    () => (outside.length > 0 ? (extra.data?.pages.flatMap((page) => page.runs) ?? []) : []),
    [extra.data, outside],
  );
  const drawnIds = useMemo(
    () =>
      drawnRuns(
        rows.map((row) => row.id),
        { draw, shown: [...kept, ...shown], hidden },
      ).join("\n"),
    [rows, draw, shown, hidden, kept],
  );
  const hues = useHues();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the book gives the colours that the reader chose.
  const slots = useMemo(() => bookOf(place).give(drawnIds ? drawnIds.split("\n") : []), [drawnIds, place, hues]);
  const byId = useMemo(() => new Map([...extraRows, ...rows].map((row) => [row.id, row])), [extraRows, rows]);
  const looks = useColoured(slots, byId, colour);
  const drawn = useMemo(() => {
    return [...looks].flatMap(([id, look]) => {
      const row = byId.get(id);
      return row ? [{ row, look }] : [];
    });
  }, [looks, byId]);

  const topRows = useMemo(() => kept.flatMap((id) => byId.get(id) ?? []), [kept, byId]);
  const ordered = useMemo(() => {
    if (topRows.length === 0) return rows;
    const above = new Set(topRows);
    return [...topRows, ...rows.filter((row) => !above.has(row))];
  }, [topRows, rows]);

  const last = list.data?.pages.at(-1);
  return {
    rows: ordered,
    top: topRows.length,
    total: last?.total ?? 0,
    matched: last?.matched ?? 0,
    drawn,
    looks,
    error: list.error,
    pending: list.isPending,
    stale: list.isPlaceholderData,
    hasMore: list.hasNextPage,
    readMore: () => {
      if (list.hasNextPage && !list.isFetchingNextPage) void list.fetchNextPage();
    },
  };
}
