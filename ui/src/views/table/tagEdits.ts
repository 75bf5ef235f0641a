/** Tags of some runs while they are edited: what all have, what some have, what there is to choose from. */
import { useState } from "react";
import type { Place } from "../../net/projects";
import type { RunRow } from "../../net/shapes";
import { byName } from "../../series/names";
import { editWithUndo } from "./editWithUndo";

export interface TagEdits {
  /** Tags that match what is looked for, by name. */
  tags: string[];
  /** Runs that have it, among those that are known. */
  count(tag: string): number;
  isKnown(tag: string): boolean;
  /** How many of the edited runs have it. */
  held(tag: string): boolean | "mixed";
  /** Tags of all edited runs. */
  common: string[];
  toggle(tag: string): Promise<void>;
}

/**
 * @param runs those of the edited runs that are read: what the ticks say is about them.
 * @param ids all edited runs.
 */
export function useTagEdits(
  place: Place,
  runs: RunRow[],
  ids: string[],
  known: Iterable<RunRow>,
  wanted: string,
): TagEdits {
  const [now, setNow] = useState(() => runs.map((run) => run.tags));
  const counts = new Map<string, number>();
  for (const run of known) for (const tag of run.tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  for (const tags of now) for (const tag of tags) if (!counts.has(tag)) counts.set(tag, 1);
  const holds = (tag: string) => now.filter((mine) => mine.includes(tag)).length;
  const low = wanted.toLowerCase();
  return {
    tags: [...counts.keys()].filter((tag) => tag.toLowerCase().includes(low)).sort(byName),
    count: (tag) => counts.get(tag) ?? 0,
    isKnown: (tag) => counts.has(tag),
    held: (tag) => (holds(tag) === runs.length ? true : holds(tag) > 0 ? "mixed" : false),
    common: (now[0] ?? []).filter((tag) => holds(tag) === runs.length),
    toggle: async (tag) => {
      const all = holds(tag) === runs.length;
      const before = now;
      setNow(now.map((mine) => (all ? mine.filter((one) => one !== tag) : [...new Set([...mine, tag])])));
      const set = all ? { remove_tags: [tag] } : { add_tags: [tag] };
      const rows = runs.map((run, i) => ({ ...run, tags: before[i] ?? run.tags }));
      if (!(await editWithUndo(place, ids, set, rows))) setNow(before);
    },
  };
}
