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
export function stepOf({ all, sections, panels }: MediaSteps, section: string, key?: string): number | null {
  if (key !== undefined && key in panels) return panels[key]!;
  return section in sections ? sections[section]! : all;
}

export function movePanel(key: string, step: number | null): void {
  mediaSteps.setState(({ panels }) => ({ panels: { ...panels, [key]: step } }));
}

/** Moves all panels of a section. */
export function moveSection(section: string, keys: string[], step: number | null): void {
  mediaSteps.setState(({ sections, panels }) => ({
    sections: { ...sections, [section]: step },
    panels: Object.fromEntries(Object.entries(panels).filter(([key]) => !keys.includes(key))),
  }));
}

export function moveAll(step: number | null): void {
  mediaSteps.setState({ all: step, sections: {}, panels: {} });
}

/** The page's step cursor moves all media; the pointer in a chart doesn't, it only looks. */
pointerStore.subscribe((now, before) => {
  if (now.axis === "step" && now.panel === null && now.x !== null && now.x !== before.x) moveAll(Math.round(now.x));
});
