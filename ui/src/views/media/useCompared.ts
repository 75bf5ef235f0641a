/** What is compared in the full-screen view: runs, each at the slider's step or one of its own; kept in the address. */
import { useMemo } from "react";
import { useStore } from "zustand";
import type { ComparedRun } from "../../series/mediaAddress";
import { comparing } from "../../state/mediaAddress";
import type { DrawnRun } from "../workspace/runs";

export interface ComparedItem extends ComparedRun {
  drawn: DrawnRun;
  steps: readonly number[];
}

/** Gives the compared runs, those that still have the key, and at first the first of all. */
export function useCompared(
  runs: DrawnRun[],
  byRun: ReadonlyMap<string, number[]>,
  least: number,
  most: number,
): { items: ComparedItem[]; change: (items: ComparedRun[]) => void } {
  const chosen = useStore(comparing, (state) => state.compared);
  const items = useMemo(() => {
    const found = chosen.flatMap((one): ComparedItem[] => {
      const drawn = runs.find(({ row }) => row.id === one.run);
      const steps = byRun.get(one.run);
      return drawn && steps ? [{ ...one, drawn, steps }] : [];
    });
    for (const drawn of runs) {
      if (found.length >= least) break;
      const run = drawn.row.id;
      if (found.some((one) => one.run === run)) continue;
      found.push({ run, step: null, drawn, steps: byRun.get(run) ?? [] });
    }
    // A run alone is compared with its own beginning.
    const [only] = found;
    if (only && found.length < least && only.steps.length > 1) {
      found.unshift({ ...only, step: only.steps[0]! });
    }
    return found.slice(0, most);
  }, [chosen, runs, byRun, least, most]);
  return {
    items,
    change: (next) => comparing.setState({ compared: next.map(({ run, step }) => ({ run, step })) }),
  };
}
