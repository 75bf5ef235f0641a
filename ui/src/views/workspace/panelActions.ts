/** What can be done with a panel, for the panel itself and for its menu. */
import { createContext, useContext } from "react";
import type { PanelEntry, PanelSpec, Section } from "../../series/layout";
import {
  changePanel,
  duplicatePanel,
  movePanel,
  moveSection,
  PINNED,
  pinPanel,
  removePanel,
} from "../../series/layout";
import { changeView } from "../../state/view";
import { arrange } from "../../state/workspace";

/** Type of what is dragged, so that nothing else lands in the grid. */
export const PANEL_DRAG = "application/x-runwell-panel";

/** How an added panel, or one that isn't a metric's, is written in the address. */
const PANEL = "panel:";
const METRIC = "metric:";
const SYSTEM = "system:";
const MEDIA = "media:";

/** Gives the address's word for a panel: its metric's key where it is one's own. */
export function focusOf(id: string): string {
  for (const own of [METRIC, SYSTEM]) if (id.startsWith(own)) return id.slice(own.length);
  return id.startsWith(MEDIA) ? id : `${PANEL}${id}`;
}

export const newId = (): string =>
  crypto.getRandomValues(new Uint32Array(2)).reduce((id, n) => id + n.toString(36), "");

export interface PanelActions {
  sections: readonly Section[];
  focus(panel: PanelSpec): void;
  edit(panel: PanelSpec): void;
  change(panel: PanelSpec, changes: Partial<PanelEntry>): void;
  move(id: string, section: string, before: string | null): void;
  /** Moves a panel among its neighbours. */
  shift(panel: PanelSpec, by: number): void;
  resize(panel: PanelSpec, wide: number, tall: number): void;
  duplicate(panel: PanelSpec): void;
  pin(panel: PanelSpec): void;
  remove(panel: PanelSpec): void;
  moveSection(section: Section, by: number): void;
}

/** Makes the actions of a grid that shows these sections. */
export function panelActions(sections: readonly Section[], edit: (panel: PanelSpec) => void): PanelActions {
  return {
    sections,
    edit,
    focus: (panel) => changeView({ focus: focusOf(panel.id) }),
    change: (panel, changes) => arrange((layout) => changePanel(layout, panel.id, changes)),
    move: (id, section, before) => arrange((layout) => movePanel(layout, sections, id, section, before)),
    shift: (panel, by) => {
      const ids = sections.find(({ id }) => id === panel.section)?.panels.map(({ id }) => id) ?? [];
      const to = ids.indexOf(panel.id) + by;
      if (to < 0 || to >= ids.length) return;
      const before = by < 0 ? ids[to]! : (ids[to + 1] ?? null);
      arrange((layout) => movePanel(layout, sections, panel.id, panel.section, before));
    },
    resize: (panel, wide, tall) => arrange((layout) => changePanel(layout, panel.id, { wide, tall })),
    duplicate: (panel) => arrange((layout) => duplicatePanel(layout, sections, panel, newId())),
    pin: (panel) => arrange((layout) => pinPanel(layout, sections, panel, panel.section !== PINNED)),
    remove: (panel) => arrange((layout) => removePanel(layout, panel)),
    moveSection: (section, by) => arrange((layout) => moveSection(layout, sections, section.id, by)),
  };
}

const NONE = panelActions([], () => undefined);
const Actions = createContext<PanelActions>(NONE);
export const PanelActionsProvider = Actions.Provider;
export const usePanelActions = (): PanelActions => useContext(Actions);
