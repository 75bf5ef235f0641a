/** What every mounted panel draws, for the one tooltip and the truth labels beside the charts. */
import { createStore } from "zustand/vanilla";
import type { DrawnLine } from "../../chart/drawing";
import type { LinePlot } from "../../chart/LinePlot";
import type { Mark } from "../../series/marks";
import type { Tip, XAxis } from "../../state/view";
import type { LineNames } from "./lineNames";

/** Lines by panel; read while the pointer moves, so no React state. */
export const panelLines = new Map<
  string,
  { title: string; x: XAxis; lines: DrawnLine[]; names: LineNames; marks: Mark[]; tip: Tip; smooth: number }
>();

/** Plots by panel, for what is shown of their lines. */
export const panelPlots = new Map<string, LinePlot>();

/** Points behind each mounted panel, and whether the server had to draw coarser. */
export const pointsStore = createStore<{ panels: Record<string, { points: number; coarsened: boolean }> }>(() => ({
  panels: {},
}));

export function reportPoints(panel: string, report: { points: number; coarsened: boolean } | null): void {
  pointsStore.setState(({ panels }) => {
    const { [panel]: before, ...rest } = panels;
    if (report === null) return { panels: rest };
    if (before?.points === report.points && before.coarsened === report.coarsened) return { panels };
    return { panels: { ...rest, [panel]: report } };
  });
}
