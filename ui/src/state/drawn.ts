/** Decides which runs are drawn: the first few of the list, and what the reader added or took away. */
import type { View } from "./view";

/** Gives the ids of the drawn runs, in the list's order, those added from elsewhere behind. */
export function drawnRuns(listed: string[], view: Pick<View, "draw" | "shown" | "hidden">): string[] {
  const hidden = new Set(view.hidden);
  const drawn = listed.slice(0, view.draw).filter((run) => !hidden.has(run));
  const there = new Set(drawn);
  for (const run of view.shown) if (!there.has(run) && !hidden.has(run)) drawn.push(run);
  return drawn;
}

/** Draws a run, or stops drawing it. */
export function toggleDrawn(
  run: string,
  listed: string[],
  view: Pick<View, "draw" | "shown" | "hidden">,
): Pick<View, "shown" | "hidden"> {
  const isDrawn = drawnRuns(listed, view).includes(run);
  const amongFirst = listed.indexOf(run) >= 0 && listed.indexOf(run) < view.draw;
  if (isDrawn) {
    return {
      shown: view.shown.filter((id) => id !== run),
      hidden: amongFirst ? [...view.hidden, run] : view.hidden,
    };
  }
  return {
    shown: amongFirst ? view.shown : [...view.shown, run],
    hidden: view.hidden.filter((id) => id !== run),
  };
}

/** Draws one run alone, or all the first ones again when it already is alone. */
export function drawOnly(run: string, listed: string[], view: Pick<View, "draw" | "shown" | "hidden">) {
  const alone = drawnRuns(listed, view);
  if (alone.length === 1 && alone[0] === run) return { shown: [], hidden: [] };
  return {
    shown: listed.indexOf(run) < view.draw && listed.includes(run) ? [] : [run],
    hidden: listed.slice(0, view.draw).filter((id) => id !== run),
  };
}
