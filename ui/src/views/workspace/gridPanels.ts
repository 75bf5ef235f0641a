/** Which panels a workspace has, which of them are looked for, and how each looks. */
import { useMemo } from "react";
import { useShallow } from "zustand/react/shallow";
import type { Metric, Stream } from "../../net/shapes";
import { type Available, MEDIA, type PanelKind, type PanelSpec, type Section } from "../../series/layout";
import { sectionOf } from "../../series/names";
import { lookOfPanel, lookOfWorkspace, type PanelLook } from "../../state/panelLook";
import { useView } from "../parts/hooks";
import type { MediaSize } from "./gridMedia";
import { keysOf } from "./panelSeries";

const NO_KEYS: string[] = [];

export const isHidden = (panel: PanelSpec, keys: ReadonlySet<string>): boolean =>
  !panel.added && keysOf(panel.options).some((key) => keys.has(key));

export const addedIn = ({ panels }: { panels: Record<string, { kind?: unknown }> }, stream: Stream): number =>
  stream === "history" ? Object.values(panels).filter(({ kind }) => kind).length : 0;

/** Panels that metrics and media make by themselves; the same list until others come. */
export function useAvailable(
  metrics: Metric[],
  mediaKeys: readonly MediaSize[],
  panelsOf?: (keys: string[]) => Available[],
): Available[] {
  const known = JSON.stringify([metrics.map(({ key }) => key), mediaKeys]);
  return useMemo(() => {
    const [keys, media] = JSON.parse(known) as [string[], MediaSize[]];
    if (panelsOf) return panelsOf(keys);
    const own = (stem: string, kind: PanelKind, key: string): Available => ({
      id: `${stem}:${key}`,
      kind,
      title: key,
      prefix: sectionOf(key),
      options: { keys: [key] },
    });
    return [
      ...keys.map((key) => own("metric", "line", key)),
      ...media.map(({ key, wide, tall }) => ({
        ...own("media", "media", key),
        prefix: sectionOf(key) || MEDIA,
        wide,
        tall,
      })),
    ];
  }, [known, panelsOf]);
}

/** How each panel looks; the same objects until the workspace or the layout changes. */
export function useLooks(sections: readonly Section[], canGroup: boolean): ReadonlyMap<string, PanelLook> {
  const view = useView(useShallow(lookOfWorkspace));
  return useMemo(
    () =>
      new Map(
        sections.flatMap((section) =>
          section.panels.map((panel) => {
            const look = lookOfPanel(view, section.settings, panel.settings);
            return [panel.id, canGroup ? look : { ...look, group: NO_KEYS }] as const;
          }),
        ),
      ),
    [sections, canGroup, view],
  );
}

export function matches(key: string, search: string): boolean {
  if (!search) return true;
  try {
    return new RegExp(search, "i").test(key);
  } catch {
    return key.toLowerCase().includes(search.toLowerCase());
  }
}
