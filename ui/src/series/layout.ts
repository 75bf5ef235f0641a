/**
 * The layout of a workspace: sections, panels, and what the reader changed about them.
 *
 * Only changes are kept. What a project logs makes panels by itself (`Available`), sections come from their keys; an
 * entry says where a panel was moved, how large it is, or that it is gone. So a layout stays small and true while
 * runs go on to log new metrics. All functions are pure and give a new layout.
 */
import { readColour } from "./colour";
import { type Mark, readMarks } from "./marks";
import { byName } from "./names";
import type { Json } from "./tagged";

/** What one panel, or all of a section, does differently from the workspace; what is absent is inherited. */
export interface PanelSettings {
  x?: string;
  smooth?: number;
  smoothing?: string;
  original?: boolean;
  log?: boolean;
  logX?: boolean;
  clip?: boolean;
  aggregate?: string;
  band?: string;
  tip?: string;
  /** Where the legend stands, and how it and the tooltip word a line (`template.ts`). */
  legend?: string;
  legendText?: string;
  tipText?: string;
  /** Keys that runs are grouped by in it; an empty list draws each run. */
  group?: string[];
  /** Runs drawn at most. */
  draw?: number;
  /** Shown ranges; null at either end is what the lines need. */
  rangeX?: [number | null, number | null];
  rangeY?: [number | null, number | null];
  /** What stands at the axes. */
  titleX?: string;
  titleY?: string;
}

export type PanelKind =
  | "line"
  | "scatter"
  | "bar"
  | "parallel"
  | "importance"
  | "comparer"
  | "markdown"
  | "media"
  | "chart";

/** What is said of a panel: everything of one that the reader added, changes alone of one that made itself. */
export interface PanelEntry {
  section?: string;
  kind?: PanelKind;
  title?: string;
  /** What the kind needs: keys, axes, a text. Each kind reads its own and takes defaults for what is missing. */
  options?: Record<string, Json>;
  settings?: PanelSettings;
  /** Grid columns and rows it takes. */
  wide?: number;
  tall?: number;
  marks?: Mark[];
  removed?: true;
}

export interface SectionEntry {
  /** Given to sections that the reader made, or renamed. */
  name?: string;
  settings?: PanelSettings;
  /** Panels in the reader's order; others follow by name. */
  order?: string[];
  /** Made by the reader; the others exist while they have panels. */
  added?: true;
  removed?: true;
}

export interface Layout {
  version: 1;
  /** Sections in the reader's order; others follow by name. */
  order: string[];
  sections: Record<string, SectionEntry>;
  panels: Record<string, PanelEntry>;
  /** Colours that the reader gave to runs and groups, by id: a hue of the palette, or #rrggbb. */
  colours?: Record<string, number | string>;
}

/** A panel that a project makes by itself. */
export interface Available {
  id: string;
  kind: PanelKind;
  title: string;
  /** Name of its section: the prefix of its key. */
  prefix: string;
  options: Record<string, Json>;
  /** Grid columns and rows that it takes unless the reader says otherwise. */
  wide?: number;
  tall?: number;
}

export interface PanelSpec {
  id: string;
  kind: PanelKind;
  title: string;
  options: Record<string, Json>;
  settings: PanelSettings;
  marks: Mark[];
  section: string;
  wide: number;
  tall: number;
  /** Made by the reader: removing it is for good. */
  added: boolean;
}

export interface Section {
  id: string;
  /** "" for metrics without a prefix. */
  name: string;
  settings: PanelSettings;
  panels: PanelSpec[];
  added: boolean;
}

export const EMPTY_LAYOUT: Layout = { version: 1, order: [], sections: {}, panels: {} };

/** Prefix of the section of media whose keys have none. */
export const MEDIA = "Media";
/** Section that stands above all others. */
export const PINNED = "pinned";
export const MAX_WIDE = 6;
export const MAX_TALL = 4;
const AUTO = "auto:";

/** Gives the id of the section that metrics of a prefix come into by themselves. */
export const sectionIdOf = (prefix: string): string => `${AUTO}${prefix}`;

/** Gives a section's word in the address: its prefix where it has one; without a name it needs one nonetheless. */
export const wordOfSection = (id: string): string => (id.startsWith(AUTO) ? id.slice(AUTO.length) || "~" : id);

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** Reads a layout from what the server kept; what makes no sense is left out. */
export function readLayout(value: unknown): Layout {
  if (!isObject(value) || value.version !== 1) return EMPTY_LAYOUT;
  const entries = <T>(of: unknown): Record<string, T> =>
    isObject(of)
      ? (Object.fromEntries(Object.entries(of).filter(([, entry]) => isObject(entry))) as Record<string, T>)
      : {};
  const order = Array.isArray(value.order) ? value.order.filter((id): id is string => typeof id === "string") : [];
  const layout: Layout = { version: 1, order, sections: entries(value.sections), panels: entries(value.panels) };
  const colours = isObject(value.colours) ? Object.entries(value.colours).filter(([, one]) => isColour(one)) : [];
  return colours.length > 0 ? { ...layout, colours: Object.fromEntries(colours) as Layout["colours"] } : layout;
}

const isColour = (value: unknown): boolean =>
  typeof value === "string" ? readColour(value) !== null : Number.isInteger(value) && (value as number) > 0;

export const isEmptyLayout = (layout: Layout): boolean =>
  layout.order.length === 0 &&
  Object.keys(layout.sections).length === 0 &&
  Object.keys(layout.panels).length === 0 &&
  layout.colours === undefined;

/** Runs and groups that may have a colour of their own; a layout travels with every change. */
const MAX_COLOURS = 500;

/** Gives a run or a group a colour; null: the one that it has by itself. The oldest of too many are forgotten. */
export function colourRun(layout: Layout, id: string, colour: number | string | null): Layout {
  const { [id]: _, ...others } = layout.colours ?? {};
  const kept = Object.entries(others).slice(1 - MAX_COLOURS);
  const colours = Object.fromEntries(colour === null ? kept : [...kept, [id, colour]]);
  return Object.keys(colours).length > 0 ? { ...layout, colours } : resetColours(layout);
}

/** Gives all runs and groups the colours that they have by themselves. */
export function resetColours(layout: Layout): Layout {
  const { colours: _, ...plain } = layout;
  return plain;
}

const size = (value: number | undefined, most: number): number =>
  Number.isInteger(value) && value! >= 1 ? Math.min(value!, most) : 1;

/** Puts listed ids first, in their order, and the others behind as they come. */
function inOrder<T>(all: T[], order: readonly string[] | undefined, id: (one: T) => string): T[] {
  if (!order || order.length === 0) return all;
  const at = new Map(order.map((one, i) => [one, i]));
  const listed = all.filter((one) => at.has(id(one))).sort((a, b) => at.get(id(a))! - at.get(id(b))!);
  return [...listed, ...all.filter((one) => !at.has(id(one)))];
}

/** Sections of media alone, which are large, stand below those with charts. */
const mediaAlone = ({ panels }: Section): number =>
  Number(panels.length > 0 && panels.every(({ kind }) => kind === "media"));

/** What the project makes comes before what the reader added, lines before media, which are larger. */
const place = ({ added, kind }: PanelSpec): number => (added ? 2 : kind === "line" ? 0 : 1);

/** Gives sections with their panels, as the reader arranged what the project has. */
export function resolveLayout(layout: Layout, available: readonly Available[]): Section[] {
  const panels: PanelSpec[] = [];
  const there = new Set<string>();
  const exists = (section: string | undefined): section is string =>
    section !== undefined && !layout.sections[section]?.removed;
  for (const one of available) {
    there.add(one.id);
    const entry = layout.panels[one.id];
    if (entry?.removed) continue;
    panels.push({
      id: one.id,
      kind: one.kind,
      title: entry?.title || one.title,
      options: { ...one.options, ...entry?.options },
      settings: entry?.settings ?? {},
      marks: readMarks(entry ?? {}),
      section: exists(entry?.section) ? entry.section : sectionIdOf(one.prefix),
      wide: size(entry?.wide ?? one.wide, MAX_WIDE),
      tall: size(entry?.tall ?? one.tall, MAX_TALL),
      added: false,
    });
  }
  for (const [id, entry] of Object.entries(layout.panels)) {
    if (!entry.kind || entry.removed || there.has(id)) continue;
    panels.push({
      id,
      kind: entry.kind,
      title: entry.title ?? "",
      options: entry.options ?? {},
      settings: entry.settings ?? {},
      marks: readMarks(entry),
      section: exists(entry.section) ? entry.section : sectionIdOf(""),
      wide: size(entry.wide, MAX_WIDE),
      tall: size(entry.tall, MAX_TALL),
      added: true,
    });
  }

  const bySection = new Map<string, PanelSpec[]>();
  for (const panel of panels) bySection.set(panel.section, [...(bySection.get(panel.section) ?? []), panel]);
  for (const [id, entry] of Object.entries(layout.sections)) {
    if (entry.added && !entry.removed && !bySection.has(id)) bySection.set(id, []);
  }
  const sections = [...bySection]
    .filter(([id]) => !layout.sections[id]?.removed)
    .map(([id, of]): Section => {
      const entry = layout.sections[id];
      const name = entry?.name ?? (id.startsWith(AUTO) ? id.slice(AUTO.length) : "");
      const sorted = of.sort((a, b) => place(a) - place(b) || byName(a.title, b.title));
      return {
        id,
        name,
        settings: entry?.settings ?? {},
        panels: inOrder(sorted, entry?.order, (panel) => panel.id),
        added: entry?.added ?? false,
      };
    })
    .sort((a, b) => mediaAlone(a) - mediaAlone(b) || (a.name === "" ? -1 : b.name === "" ? 1 : byName(a.name, b.name)));
  const ordered = inOrder(sections, layout.order, (section) => section.id);
  return [...ordered.filter(({ id }) => id === PINNED), ...ordered.filter(({ id }) => id !== PINNED)];
}

function withPanel(layout: Layout, id: string, changes: Partial<PanelEntry>): Layout {
  return { ...layout, panels: { ...layout.panels, [id]: { ...layout.panels[id], ...changes } } };
}

function withSection(layout: Layout, id: string, changes: Partial<SectionEntry>): Layout {
  return { ...layout, sections: { ...layout.sections, [id]: { ...layout.sections[id], ...changes } } };
}

export const addPanel = (layout: Layout, id: string, entry: PanelEntry & { kind: PanelKind }): Layout =>
  withPanel(layout, id, entry);

/** Changes what a panel shows or how; settings given as undefined are inherited again. */
export function changePanel(layout: Layout, id: string, changes: Partial<PanelEntry>): Layout {
  const settings = changes.settings && without(changes.settings);
  return withPanel(layout, id, settings ? { ...changes, settings } : changes);
}

export function changeSection(layout: Layout, id: string, changes: Partial<SectionEntry>): Layout {
  const settings = changes.settings && without(changes.settings);
  return withSection(layout, id, settings ? { ...changes, settings } : changes);
}

function without(settings: PanelSettings): PanelSettings {
  return Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== undefined));
}

/** Takes a panel away: one that made itself can be brought back, one that the reader added is gone. */
export function removePanel(layout: Layout, panel: Pick<PanelSpec, "id" | "added">): Layout {
  if (!panel.added) return withPanel(layout, panel.id, { removed: true });
  const { [panel.id]: _, ...panels } = layout.panels;
  return { ...layout, panels };
}

/** Brings every panel back that made itself and was removed. */
export function restorePanels(layout: Layout): Layout {
  const panels = Object.entries(layout.panels).map(([id, entry]) => {
    const { removed: _, ...rest } = entry;
    return [id, rest] as const;
  });
  const sections = Object.entries(layout.sections).map(([id, entry]) => {
    const { removed: _, ...rest } = entry;
    return [id, rest] as const;
  });
  return { ...layout, panels: Object.fromEntries(panels), sections: Object.fromEntries(sections) };
}

/** Copies a panel right behind itself. */
export function duplicatePanel(layout: Layout, sections: readonly Section[], panel: PanelSpec, id: string): Layout {
  const { kind, title, options, settings, marks, section, wide, tall } = panel;
  const copied = addPanel(layout, id, { kind, title, options, settings, marks, section, wide, tall });
  const ids = sections.find((one) => one.id === section)?.panels.map((one) => one.id) ?? [];
  const at = ids.indexOf(panel.id);
  return withSection(copied, section, { order: [...ids.slice(0, at + 1), id, ...ids.slice(at + 1)] });
}

/**
 * Moves a panel into a section, before another of its panels.
 *
 * @param sections as they are shown: what has no order yet takes it from there.
 * @param before null for the end.
 */
export function movePanel(
  layout: Layout,
  sections: readonly Section[],
  id: string,
  section: string,
  before: string | null,
): Layout {
  const ids = (sections.find((one) => one.id === section)?.panels ?? [])
    .map((panel) => panel.id)
    .filter((one) => one !== id);
  const at = before === null ? -1 : ids.indexOf(before);
  const order = at < 0 ? [...ids, id] : [...ids.slice(0, at), id, ...ids.slice(at)];
  return withSection(withPanel(layout, id, { section }), section, { order });
}

/** Puts a panel on top of the page, or back to where it comes from. */
export function pinPanel(layout: Layout, sections: readonly Section[], panel: PanelSpec, pinned: boolean): Layout {
  if (pinned) return movePanel(layout, sections, panel.id, PINNED, null);
  const { section: _, ...entry } = layout.panels[panel.id] ?? {};
  return { ...layout, panels: { ...layout.panels, [panel.id]: entry } };
}

/** Makes a section, before another one or at the end. */
export function addSection(
  layout: Layout,
  sections: readonly Section[],
  id: string,
  name: string,
  before: string | null,
): Layout {
  const order = sections.map((section) => section.id).filter((one) => one !== id);
  const at = before === null ? -1 : order.indexOf(before);
  const placed = at < 0 ? [...order, id] : [...order.slice(0, at), id, ...order.slice(at)];
  return { ...withSection(layout, id, { name, added: true }), order: placed };
}

/** Moves a section by so many places. */
export function moveSection(layout: Layout, sections: readonly Section[], id: string, by: number): Layout {
  const order = sections.map((section) => section.id);
  const from = order.indexOf(id);
  const to = Math.min(Math.max(from + by, 0), order.length - 1);
  if (from < 0 || from === to) return layout;
  order.splice(from, 1);
  order.splice(to, 0, id);
  return { ...layout, order };
}

/** Sorts a section's panels by title. */
export function sortSection(layout: Layout, section: Section, descending: boolean): Layout {
  const sorted = [...section.panels].sort((a, b) => byName(a.title, b.title));
  if (descending) sorted.reverse();
  return withSection(layout, section.id, { order: sorted.map((panel) => panel.id) });
}

/** Takes a section away with its panels; panels that were moved into it go back to where they come from. */
export function removeSection(layout: Layout, section: Section): Layout {
  let after = layout;
  for (const panel of section.panels) {
    const home = !panel.added && layout.panels[panel.id]?.section === section.id;
    if (home) after = pinPanel(after, [section], panel, false);
    else if (panel.added) after = removePanel(after, panel);
  }
  if (!section.added && section.id !== PINNED) return withSection(after, section.id, { removed: true });
  const { [section.id]: _, ...sections } = after.sections;
  return { ...after, sections, order: after.order.filter((id) => id !== section.id) };
}
