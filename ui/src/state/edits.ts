/** Edits of runs: shown at once, sent, and taken back with a message when the server refuses. */
import type { InfiniteData } from "@tanstack/react-query";
import { deleteRuns, editRuns, moveRuns, type Place, placeKey, restoreRuns, stopRuns } from "../net/projects";
import type { Run, RunEdit, RunPage, RunRow } from "../net/shapes";
import { isThere, queryClient, setGone } from "./live";

/** Applies an edit to a row, as the server will. */
export function applyEdit<Row extends RunRow>(row: Row, edit: RunEdit): Row {
  const { add_tags, remove_tags, ...set } = edit;
  const tags = new Set(set.tags ?? row.tags);
  for (const tag of add_tags ?? []) tags.add(tag);
  for (const tag of remove_tags ?? []) tags.delete(tag);
  return { ...row, ...set, tags: [...tags] };
}

function rewrite(place: Place, change: (row: RunRow) => RunRow): () => void {
  const lists = queryClient.getQueriesData<InfiniteData<RunPage> | RunPage>({ queryKey: [...placeKey(place), "runs"] });
  const runs = queryClient.getQueriesData<Run>({ queryKey: [...placeKey(place), "run"] });
  for (const [key, list] of lists) {
    if (!list) continue;
    if ("pages" in list) {
      const pages = list.pages.map((page) => ({ ...page, runs: page.runs.map(change) }));
      queryClient.setQueryData(key, { ...list, pages });
    } else if (list.runs) queryClient.setQueryData(key, { ...list, runs: list.runs.map(change) });
  }
  for (const [key, run] of runs) if (run) queryClient.setQueryData(key, change(run));
  return () => {
    for (const [key, data] of [...lists, ...runs]) queryClient.setQueryData(key, data);
  };
}

/** Gives edits that bring back what rows were, those that were alike together; for runs that aren't read, none. */
export function undoingEdits(rows: RunRow[], ids: string[], set: RunEdit): { ids: string[]; set: RunEdit }[] {
  const edited = new Set(ids);
  const parts = new Map<string, { ids: string[]; set: RunEdit }>();
  for (const row of rows) {
    // Once each, however often it is listed.
    if (!edited.delete(row.id)) continue;
    const before: RunEdit = {};
    for (const name of ["name", "notes", "group", "job_type"] as const) {
      if (set[name] !== undefined) before[name] = row[name] ?? "";
    }
    if (set.tags ?? set.add_tags ?? set.remove_tags) before.tags = row.tags;
    const key = JSON.stringify(before);
    const part = parts.get(key) ?? { ids: [], set: before };
    part.ids.push(row.id);
    parts.set(key, part);
  }
  return [...parts.values()];
}

/**
 * Edits runs optimistically.
 *
 * @throws ApiError after the rows were put back.
 */
export async function edit(place: Place, ids: string[], set: RunEdit): Promise<void> {
  const edited = new Set(ids);
  await queryClient.cancelQueries({ queryKey: [...placeKey(place), "runs"] });
  const undo = rewrite(place, (row) => (edited.has(row.id) ? applyEdit(row, set) : row));
  try {
    await editRuns(place, ids, set);
  } catch (error) {
    undo();
    throw error;
  } finally {
    void queryClient.invalidateQueries({ queryKey: [...placeKey(place), "runs"] });
    void queryClient.invalidateQueries({ queryKey: [...placeKey(place), "run"] });
  }
}

/** Reads everything of a project again. */
function reread(place: Place): void {
  void queryClient.invalidateQueries({ queryKey: placeKey(place), predicate: ({ queryKey }) => isThere(queryKey) });
  void queryClient.invalidateQueries({ queryKey: ["projects"] });
}

/** Has runs taken away from a project, and reads the rest again. */
async function takeAway(place: Place, ids: string[], ask: () => Promise<number>): Promise<number> {
  setGone(place, ids, true); // first: the notice of it may come before the answer
  try {
    return await ask();
  } catch (error) {
    setGone(place, ids, false);
    throw error;
  } finally {
    reread(place);
  }
}

export async function remove(place: Place, ids: string[]): Promise<number> {
  return takeAway(place, ids, async () => (await deleteRuns(place, ids)).deleted);
}

export async function restore(place: Place, ids: string[]): Promise<void> {
  await restoreRuns(place, ids);
  setGone(place, ids, false);
  reread(place);
}

/** Moves runs to another project; their pages there have the same ids. */
export async function move(place: Place, ids: string[], to: Place): Promise<number> {
  const moved = await takeAway(place, ids, async () => (await moveRuns(place, ids, to)).moved);
  setGone(to, ids, false);
  void queryClient.invalidateQueries({ queryKey: placeKey(to) });
  return moved;
}

/** Asks the scripts of runs to stop; gives how many still run. */
export async function stop(place: Place, ids: string[]): Promise<number> {
  const { asked } = await stopRuns(place, ids);
  reread(place);
  return asked.length;
}
