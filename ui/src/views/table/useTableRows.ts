/** The table's lines and the runs on them: pages are read where they are looked at, groups when they are opened. */
import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { groupsQuery, type Place, type RunsAsked, runPageQuery } from "../../net/projects";
import type { GroupPage, RunGroup, RunPage, RunRow } from "../../net/shapes";
import type { Filter } from "../../series/filter";
import { conditionOf, narrowed } from "../../series/filterEdit";
import { writeText } from "../../series/filterWords";
import { type GroupNode, groupLines, type Line, SHOWN_AT_FIRST } from "../../series/groupLines";
import { isValueKey, readSort } from "../../state/sort";
import { useRested, useView } from "../parts/hooks";
import type { TableColumn } from "./columns";
import { VALUES_ASKED } from "./columns";

export type TableLine = Line<RunGroup>;

/** Runs read at once; a screen has some forty. */
const PAGE = 200;
/** Groups that are open before somebody opens or closes any. */
const OPEN_AT_FIRST = 50;
/** Groups of groups are open from the start only while they are few: each asks for the groups within it. */
const OUTER_OPEN_AT_FIRST = 12;

/** Pages asked for, so many at most: a hand that drags the scrollbar crosses dozens. */
const PAGES_AT_ONCE = 24;

const ROOT = "";
const PINNED = "pinned";

/** What everything on the table is asked by. */
export interface Question {
  q: string;
  filter: string;
  sort: string;
  columns: string[];
  group: string[];
  deleted: boolean;
  pinned: string[];
}

export interface TableRows {
  lineCount: number;
  lineAt(line: number): TableLine | undefined;
  rowAt(source: string, index: number): RunRow | undefined;
  /** Pages that were read, for figures that lie over all of them. */
  pages: RunRow[][];
  /** Runs by id, of all pages. */
  byId: Map<string, RunRow>;
  /** Ids from the top of the list, as far as they are read: what "the first 20" means. */
  ids: string[];
  /** Lines of pinned runs, above the others. */
  pinnedLines: number;
  total: number;
  matched: number;
  groupCount: number;
  groupsListed: number;
  error: Error | null;
  pending: boolean;
  stale: boolean;
  /** Keys that the lines are grouped by. */
  groupedBy: string[];
  /** The columns whose values the rows have. */
  asked: string[];
  question: Question;
  toggleGroup(path: string): void;
  showAll(path: string): void;
}

const NO_GROUPS: GroupNode<RunGroup>[] = [];

/** Gives the conditions of a group's runs, or the runs themselves where no condition says it. */
function scopeOf(question: Question, path: string, found: Map<string, RunGroup>): Pick<RunsAsked, "filter" | "ids"> {
  const values = JSON.parse(path) as unknown[];
  const conditions: Filter[] = [];
  for (const [i, value] of values.entries()) {
    const condition = conditionOf(question.group[i]!, value);
    if (condition === null) return { filter: question.filter, ids: found.get(path)?.ids ?? [] };
    conditions.push(condition);
  }
  return { filter: narrowed(question.filter, conditions) };
}

function nodesOf(page: GroupPage | undefined, keys: string[], outer: string | null): GroupNode<RunGroup>[] | undefined {
  if (!page?.groups) return undefined;
  const above = outer === null ? [] : (JSON.parse(outer) as unknown[]);
  return page.groups.map((group) => ({
    path: JSON.stringify([...above, group.key[keys[above.length]!] ?? null]),
    depth: above.length,
    count: group.count,
    group,
  }));
}

export function useTableRows(
  place: Place,
  columns: TableColumn[],
  near: { first: number; last: number },
  /** The filter, if it can be read; else the last one that could. */
  filter: string,
): TableRows {
  const q = useRested(
    useView((view) => view.q),
    120,
  );
  const sort = useView((view) => view.sort);
  const group = useView((view) => view.group);
  const deleted = useView((view) => view.deleted);
  const pinned = useView((view) => view.pinned);
  const draw = useView((view) => view.draw);
  const colour = useView((view) => view.colour);

  const asked = useMemo(() => {
    const values = columns.map((column) => column.key).filter(isValueKey);
    const sorted = [...readSort(sort).map(({ key }) => key), ...(colour ? [colour] : [])];
    return [...new Set([...sorted.filter(isValueKey), ...values.slice(0, VALUES_ASKED)])].sort();
  }, [columns, sort, colour]);
  const wanted = useMemo<Question>(
    () => ({ q, filter, sort, columns: asked, group, deleted, pinned: deleted ? [] : pinned }),
    [q, filter, sort, asked, group, deleted, pinned],
  );

  // The head of the list: as long as it is on its way, the lines of the question before stay where they are.
  const isGrouped = group.length > 0;
  const listed = useQuery({
    ...runPageQuery(place, rootAsked(wanted, 0)),
    enabled: !isGrouped,
    placeholderData: keepPreviousData,
  });
  const grouped = useQuery({
    ...groupsQuery(place, aggregatedOf(wanted, columns), group[0] ?? ""),
    enabled: isGrouped,
    placeholderData: keepPreviousData,
  });
  // In groups, which runs come first of all is another question, without their values.
  const drawnFirst = useQuery({
    ...runPageQuery(place, { q, filter, sort, limit: draw }),
    enabled: isGrouped,
    placeholderData: keepPreviousData,
  });
  // How many match with the pinned ones, which stand above the list.
  const counted = useQuery({
    ...runPageQuery(place, { q, filter, sort, limit: 0 }),
    enabled: !isGrouped && wanted.pinned.length > 0,
    placeholderData: keepPreviousData,
  });
  const head = isGrouped ? grouped : listed;
  const settled = useRef(wanted);
  const stale = head.isPlaceholderData || head.data === undefined;
  if (!stale) settled.current = wanted;
  const question = settled.current;

  const [toggled, setToggled] = useState<ReadonlySet<string>>(new Set());
  const [whole, setWhole] = useState<ReadonlySet<string>>(new Set());
  const groupKeys = question.group.join("\n");
  // biome-ignore lint/correctness/useExhaustiveDependencies: groups by other keys are other groups.
  useEffect(() => {
    setToggled(new Set());
    setWhole(new Set());
  }, [groupKeys]);

  const roots = useMemo(
    () => (question.group.length > 0 ? nodesOf(grouped.data, question.group, null) : undefined) ?? NO_GROUPS,
    [grouped.data, question],
  );
  const levels = question.group.length;
  const isOpen = (node: GroupNode<RunGroup>) => {
    const isOuter = node.depth < levels - 1;
    const few = roots.length <= (isOuter ? OUTER_OPEN_AT_FIRST : OPEN_AT_FIRST);
    return (few && node.depth === 0) !== toggled.has(node.path);
  };

  // Groups within open groups.
  const found = new Map<string, RunGroup>(roots.map((node) => [node.path, node.group]));
  const outer = [
    ...roots.filter((node) => levels > 1 && isOpen(node)).map((node) => node.path),
    ...[...toggled].filter((path) => {
      const depth = (JSON.parse(path) as unknown[]).length - 1;
      return depth > 0 && depth < levels - 1;
    }),
  ];
  const inner = useQueries({
    queries: outer.map((path) => ({
      ...groupsQuery(
        place,
        { ...aggregatedOf(question, columns), ...scopeOf(question, path, found) },
        question.group[(JSON.parse(path) as unknown[]).length]!,
      ),
      placeholderData: keepPreviousData,
    })),
  });
  const innerOf = new Map(outer.map((path, i) => [path, nodesOf(inner[i]!.data, question.group, path)]));
  for (const nodes of innerOf.values()) for (const node of nodes ?? []) found.set(node.path, node.group);

  const lines = groupLines(roots, {
    isOpen,
    within: (node) => (node.depth < levels - 1 ? innerOf.get(node.path) : null),
    isWhole: (path) => whole.has(path),
  });
  const first = listed.data;
  const pinnedCount = question.pinned.length;
  const below = levels > 0 ? lines.length : (first?.matched ?? 0);
  const lineCount = pinnedCount + below;
  const lineAt = (line: number): TableLine | undefined => {
    if (line < 0 || line >= lineCount) return undefined;
    if (line < pinnedCount) return { kind: "run", source: PINNED, index: line, depth: 0 };
    if (levels > 0) return lines[line - pinnedCount];
    return { kind: "run", source: ROOT, index: line - pinnedCount, depth: 0 };
  };

  // Pages that are looked at, and those of the runs that charts draw.
  const pages = new Map<string, RunsAsked>();
  const want = (source: string, index: number) => {
    const page = Math.floor(index / PAGE);
    const name = `${page} ${source}`;
    if (pages.has(name) || pages.size >= PAGES_AT_ONCE) return;
    if (source === PINNED) pages.set(name, pinnedAsked(question));
    else if (source === ROOT) pages.set(name, rootAsked(question, page));
    else {
      const limit = whole.has(source) ? PAGE : SHOWN_AT_FIRST;
      const { ids, filter } = scopeOf(question, source, found);
      const some = ids?.slice(page * PAGE, page * PAGE + limit);
      pages.set(name, {
        ...rowsAsked(question),
        filter,
        ids: some,
        offset: some ? 0 : page * PAGE,
        limit,
      });
    }
  };
  if (levels === 0) for (let index = 0; index < Math.min(draw, below); index += PAGE) want(ROOT, index);
  if (pinnedCount > 0) want(PINNED, 0);
  for (let line = near.first; line < near.last; line++) {
    const at = lineAt(line);
    if (at?.kind === "run") want(at.source, at.index);
  }
  const names = [...pages.keys()];
  const answers = useQueries({
    queries: names.map((name) => ({ ...runPageQuery(place, pages.get(name)!), staleTime: 30_000 })),
  });

  const read = new Map<string, RunPage>();
  names.forEach((name, i) => {
    const data = answers[i]!.data;
    if (data) read.set(name, data);
  });
  if (levels === 0 && first) read.set(`0 ${ROOT}`, first);
  const kept = useKept(question, read);
  const held = kept.pages;
  const rowAt = (source: string, index: number): RunRow | undefined =>
    held.get(`${Math.floor(index / PAGE)} ${source}`)?.runs[index % PAGE];
  const byId = useMemo(
    () => new Map(kept.list.flatMap((page) => page.map((row) => [row.id, row] as const))),
    [kept.list],
  );
  const ids = useMemo(() => {
    if (levels > 0) return drawnFirst.data?.runs.map((row) => row.id) ?? [];
    const out = [...question.pinned];
    for (let page = 0; held.has(`${page} ${ROOT}`); page++) {
      for (const row of held.get(`${page} ${ROOT}`)!.runs) out.push(row.id);
    }
    return out;
  }, [held, levels, question, drawnFirst.data]);

  const counts = isGrouped ? grouped.data : first;
  const matched = !isGrouped && pinnedCount > 0 ? counted.data?.matched : counts?.matched;
  const flip = (set: ReadonlySet<string>, path: string) => {
    const next = new Set(set);
    if (!next.delete(path)) next.add(path);
    return next;
  };
  return {
    lineCount,
    lineAt,
    rowAt,
    pages: kept.list,
    byId,
    ids,
    pinnedLines: pinnedCount,
    total: counts?.total ?? 0,
    matched: matched ?? 0,
    groupCount: levels > 0 ? (grouped.data?.group_count ?? 0) : 0,
    groupsListed: roots.length,
    error: head.error ?? answers.find((answer) => answer.error)?.error ?? null,
    pending: head.data === undefined && !head.error,
    stale: head.isPlaceholderData,
    groupedBy: question.group,
    asked: question.columns,
    question,
    toggleGroup: (path) => setToggled((now) => flip(now, path)),
    showAll: (path) => setWhole((now) => new Set([...now, path])),
  };
}

/**
 * Holds the pages of a question that are read, also those that are no longer looked at: scrolling back finds them.
 * The same pages give the same objects, so that what is computed from them isn't computed anew.
 */
function useKept(question: Question, read: Map<string, RunPage>): { pages: Map<string, RunPage>; list: RunRow[][] } {
  const kept = useRef<{ question: Question; pages: Map<string, RunPage>; list: RunRow[][] } | null>(null);
  const now = kept.current?.question === question ? kept.current : null;
  const isNew = !now || [...read].some(([name, page]) => now.pages.get(name) !== page);
  if (isNew) {
    const pages = new Map([...(now?.pages ?? []), ...read]);
    kept.current = { question, pages, list: [...pages.values()].map((page) => page.runs) };
  }
  return kept.current!;
}

function rowsAsked({ q, filter, sort, columns, deleted }: Question): RunsAsked {
  return { q, filter, sort, columns, ...(deleted ? { deleted } : {}) };
}

/** Pinned runs stand above the list, so they are left out of it. */
function rootAsked(question: Question, page: number): RunsAsked {
  const { pinned, filter } = question;
  const others: Filter = { kind: "oneOf", key: "id", values: pinned.map(writeText), negated: true };
  const asked = { ...rowsAsked(question), offset: page * PAGE, limit: PAGE };
  return pinned.length > 0 ? { ...asked, filter: narrowed(filter, [others]) } : asked;
}

function pinnedAsked(question: Question): RunsAsked {
  return { sort: "-created_at", columns: question.columns, ids: question.pinned, limit: PAGE };
}

/** A group's row has figures of the columns that are shown. */
function aggregatedOf(question: Question, columns: TableColumn[]): RunsAsked {
  const shown = columns.map((column) => column.key).filter((key) => isValueKey(key) || AGGREGATED.has(key));
  const { columns: _, ...asked } = rowsAsked(question);
  return { ...asked, columns: shown.slice(0, VALUES_ASKED) };
}

const AGGREGATED = new Set(["runtime_s", "last_step", "tags", "user", "group", "job_type"]);
