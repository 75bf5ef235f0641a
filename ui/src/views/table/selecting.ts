/** Selecting in numbers: a group, or everything that matches. */
import { fetchRuns, type Place, type RunsAsked } from "../../net/projects";
import type { RunGroup } from "../../net/shapes";
import { say } from "../../state/toasts";
import { changeView, viewStore } from "../../state/view";
import { t } from "../../texts";
import { sayFailed } from "./failed";

/** Runs that one request may name. */
export const MAX_SELECTED = 10_000;
const PAGE = 1000;

export function allSelected(group: RunGroup, selected: ReadonlySet<string>): boolean | "mixed" {
  if (selected.size === 0) return false;
  const held = group.ids.filter((id) => selected.has(id)).length;
  return held === 0 ? false : held === group.ids.length && held === group.count ? true : "mixed";
}

/** Selects the runs of a group, or none of them if all were; of very large groups the first thousand. */
export function selectGroup(group: RunGroup): void {
  const now = viewStore.getState().selected;
  const ids = new Set(group.ids);
  const others = now.filter((id) => !ids.has(id));
  const had = now.length - others.length;
  changeView({ selected: had === ids.size ? others : [...others, ...ids] });
  if (had < ids.size && ids.size < group.count) say(t.table.selectedSome(ids.size, group.count));
}

/** Asks for the ids of runs that match, read or not, page after page; of all, unless there are `most`. */
export async function matchingIds(
  place: Place,
  { q, filter, sort, deleted }: Pick<RunsAsked, "q" | "filter" | "sort" | "deleted">,
  most = Number.POSITIVE_INFINITY,
): Promise<string[]> {
  const ids: string[] = [];
  for (let matched = most; ids.length < Math.min(matched, most); ) {
    const page = await fetchRuns(place, { q, filter, sort, deleted, offset: ids.length, limit: PAGE });
    ids.push(...page.runs.map((run) => run.id));
    matched = page.runs.length === 0 ? 0 : page.matched;
  }
  return ids.slice(0, most);
}

/** Selects all that match. */
export async function selectMatching(place: Place, asked: RunsAsked, matched: number): Promise<void> {
  try {
    changeView({ selected: await matchingIds(place, asked, MAX_SELECTED) });
  } catch (error) {
    sayFailed(error);
    return;
  }
  if (matched > MAX_SELECTED) say(t.table.selectedSome(MAX_SELECTED, matched));
}
