/** What every mounted panel draws, for the one tooltip and the truth labels beside the charts. */
import { createStore } from "zustand/vanilla";
import type { DrawnLine } from "../../chart/drawing";
import type { LinePlot } from "../../chart/LinePlot";
import { countSunk } from "../../series/line";
import type { Mark } from "../../series/marks";
import type { Tip, XAxis } from "../../state/view";
import type { LineNames } from "./lineNames";

/** Lines by panel; read while the pointer moves, so no React state. */
export const panelLines = new Map<
  string,
  {
    title: string;
    x: XAxis;
    lines: DrawnLine[];
    names: LineNames;
    marks: Mark[];
    tip: Tip;
    smooth: number;
    titles?: { x: string; y: string };
  }
>();

/** Plots by panel, for what is shown of their lines. */
export const panelPlots = new Map<string, LinePlot>();

/** What a panel draws of the points behind it. */
export interface Drawn {
  points: number;
  /** The server had to draw coarser. */
  coarsened: boolean;
  /** Values that a logarithmic axis has no place for; several of them may stand behind one of these. */
  sunk: number;
  sunkOrMore: boolean;
  nan: number;
  up: number;
  down: number;
  /** Runs that lie outside of the shown range of y. */
  outside: number;
}

/** What each mounted panel draws. */
export const pointsStore = createStore<{ panels: Record<string, Drawn> }>(() => ({ panels: {} }));

/** Says what lines draw of their points. */
export function drawnOf(lines: readonly DrawnLine[], coarsened: boolean, log: boolean, outside: number): Drawn {
  const drawn = { points: 0, coarsened, sunk: 0, sunkOrMore: false, nan: 0, up: 0, down: 0, outside };
  for (const line of lines) {
    drawn.points += line.total;
    for (const of of ["nan", "up", "down"] as const) drawn[of] += line.nonFinite[of];
    const { values, orMore } = log ? countSunk(line) : { values: 0, orMore: false };
    drawn.sunk += values;
    drawn.sunkOrMore ||= orMore;
  }
  return drawn;
}

export function reportPoints(panel: string, report: Drawn | null): void {
  pointsStore.setState(({ panels }) => {
    const { [panel]: before, ...rest } = panels;
    if (report === null) return { panels: rest };
    if (before && (Object.keys(report) as (keyof Drawn)[]).every((of) => before[of] === report[of])) return { panels };
    return { panels: { ...rest, [panel]: report } };
  });
}
