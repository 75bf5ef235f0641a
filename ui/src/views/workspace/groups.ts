/** Groups of runs as charts draw them: one line for each, in the place of its runs. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { jointGroupsQuery, type Place } from "../../net/projects";
import type { RunGroup, RunRow, RunState } from "../../net/shapes";
import { drawnRuns } from "../../state/drawn";
import { SlotBook } from "../../state/slots";
import { bareKey } from "../../state/sort";
import { useRested, useView } from "../parts/hooks";
import { valueText } from "../parts/valueText";
import { useColoured } from "./colourBy";
import { type DrawnRun, useHues } from "./runs";

export interface ListedGroup {
  /** Stands for the group where runs stand by their ids. */
  id: string;
  /** Its values, in the order of the keys. */
  values: string[];
  name: string;
  count: number;
  states: RunGroup["states"];
  runs: string[];
}

export interface DrawnGroups {
  keys: string[];
  listed: ListedGroup[];
  drawn: DrawnRun[];
  /** All groups there are; fewer may be listed. */
  total: number;
  matched: number;
  pending: boolean;
}

/** How ids of groups begin, so that they stand beside those of runs. */
export const GROUP = "group:";

const books = new Map<string, SlotBook>();
const NO_GROUPS: ListedGroup[] = [];

/** Colours of groups have a book of their own: a run keeps its colour while it is drawn in a group. */
function bookOfGroups({ entity, project }: Place, keys: string[]): SlotBook {
  const name = `${entity}/${project}/groups/${keys.join("/")}`;
  const book = books.get(name) ?? new SlotBook(name);
  books.set(name, book);
  return book;
}

/** What a group does as a whole: it runs while one of its runs does. */
function stateOf({ states }: ListedGroup): RunState {
  if (states.running) return "running";
  return states.failed && !states.finished ? "failed" : "finished";
}

/** Lists the groups of the runs that the view shows, and says which are drawn and how they look. */
export function useDrawnGroups(place: Place, keys: string[]): DrawnGroups {
  const q = useRested(
    useView((view) => view.q),
    120,
  );
  const filter = useRested(
    useView((view) => view.filter),
    250,
  );
  const sort = useView((view) => view.sort);
  const draw = useView((view) => view.draw);
  const shown = useView((view) => view.shown);
  const hidden = useView((view) => view.hidden);
  const answer = useQuery({
    ...jointGroupsQuery(place, { q, filter, sort }, keys),
    enabled: keys.length > 0,
    placeholderData: keepPreviousData,
  });
  const page = keys.length > 0 ? answer.data : undefined;
  const listed = useMemo(
    () =>
      page?.groups.map((group): ListedGroup => {
        const values = keys.map((key) => valueText(group.key[key] ?? null));
        return {
          id: `${GROUP}${JSON.stringify(keys.map((key) => group.key[key] ?? null))}`,
          values,
          name: keys.map((key, i) => `${bareKey(key)} ${values[i]}`).join(" · "),
          count: group.count,
          states: group.states,
          runs: group.ids,
        };
      }) ?? NO_GROUPS,
    [page, keys],
  );
  const hues = useHues();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the book gives the colours that the reader chose.
  const own = useMemo((): DrawnRun[] => {
    const byId = new Map(listed.map((group) => [group.id, group]));
    const ids = drawnRuns(
      listed.map(({ id }) => id),
      { draw, shown, hidden },
    ).filter((id) => byId.has(id));
    const looks = bookOfGroups(place, keys).give(ids);
    return ids.map((id) => {
      const group = byId.get(id)!;
      return { row: asRow(group, keys), look: looks.get(id)!, runs: group.runs };
    });
  }, [listed, draw, shown, hidden, place, keys, hues]);
  // A group has values of its keys alone.
  const colour = useView((view) => view.colour);
  const slots = useMemo(() => new Map(own.map(({ row, look }) => [row.id, look])), [own]);
  const rows = useMemo(() => new Map(own.map(({ row }) => [row.id, row])), [own]);
  const looks = useColoured(slots, rows, colour && keys.includes(colour) ? colour : null);
  const drawn = useMemo(
    () => (looks === slots ? own : own.map((one) => ({ ...one, look: looks.get(one.row.id)! }))),
    [own, looks, slots],
  );
  return {
    keys,
    listed,
    drawn,
    total: page?.group_count ?? 0,
    matched: page?.matched ?? 0,
    pending: keys.length > 0 && answer.isPending,
  };
}

/** A row that stands for a group, so that charts draw it as they draw a run. */
function asRow(group: ListedGroup, keys: string[]): RunRow {
  return {
    id: group.id,
    name: group.name,
    state: stateOf(group),
    created_at: 0,
    heartbeat_at: null,
    finished_at: null,
    runtime_s: null,
    last_step: null,
    user: "",
    tags: [],
    notes: "",
    group: "",
    job_type: "",
    host: "",
    sweep: null,
    values: Object.fromEntries(keys.map((key, i) => [key, group.values[i]!])),
  };
}
