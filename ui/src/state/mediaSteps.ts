/**
 * The step that media panels show: one for all (the page's step cursor), one for a section, one for a panel. What was
 * moved last holds; null is the newest there is, so that a live run's media follow by themselves.
 */
import { createStore } from "zustand/vanilla";
import { pointerStore } from "./pointer";

export interface MediaSteps {
  all: number | null;
  sections: Record<string, number | null>;
  panels: Record<string, number | null>;
}

export const mediaSteps = createStore<MediaSteps>(() => ({ all: null, sections: {}, panels: {} }));

/** Gives the step of a section, or of one of its panels. */
export function stepOf({ all, sections, panels }: MediaSteps, section: string, panel?: string): number | null {
  if (panel !== undefined && panel in panels) return panels[panel]!;
  return section in sections ? sections[section]! : all;
}

/** Steps that the panels on the page go through, by section, then by panel. */
export const knownSteps = createStore<Record<string, Record<string, readonly number[]>>>(() => ({}));

/** Says which steps a panel goes through; null when it leaves the page. */
export function reportSteps(section: string, panel: string, steps: readonly number[] | null): void {
  knownSteps.setState(({ [section]: before = {} }) => {
    const { [panel]: _, ...others } = before;
    return { [section]: steps === null ? others : { ...others, [panel]: steps } };
  });
}

export function movePanel(panel: string, step: number | null): void {
  mediaSteps.setState(({ panels }) => ({ panels: { ...panels, [panel]: step } }));
}

/** Moves all panels of a section. */
export function moveSection(section: string, panels: string[], step: number | null): void {
  mediaSteps.setState((before) => ({
    sections: { ...before.sections, [section]: step },
    panels: Object.fromEntries(Object.entries(before.panels).filter(([panel]) => !panels.includes(panel))),
  }));
}

export function moveAll(step: number | null): void {
  mediaSteps.setState({ all: step, sections: {}, panels: {} });
}

/** The page's step cursor moves all media; the pointer in a chart doesn't, it only looks. */
pointerStore.subscribe((now, before) => {
  if (now.axis === "step" && now.panel === null && now.x !== null && now.x !== before.x) moveAll(Math.round(now.x));
});
