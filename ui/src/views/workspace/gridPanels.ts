/** Which panels a workspace has, which of them are looked for, and how each looks. */
import { useMemo } from "react";
import type { Metric, Stream } from "../../net/shapes";
import type { Available, PanelSpec, Section } from "../../series/layout";
import { lookOfPanel, type PanelLook } from "../../state/panelLook";
import { useView } from "../parts/hooks";

const NO_KEYS: string[] = [];

/** Sections are folded by name; the one without a name needs one in the URL. */
export const foldName = ({ id, name }: Section): string =>
  id.startsWith("auto:") ? id.slice("auto:".length) || "~" : name || id;

export const keysIn = ({ options }: PanelSpec): string[] =>
  Array.isArray(options.keys) ? options.keys.filter((key): key is string => typeof key === "string") : [];

export const isHidden = (panel: PanelSpec, keys: ReadonlySet<string>): boolean =>
  !panel.added && keysIn(panel).some((key) => keys.has(key));

export const addedIn = ({ panels }: { panels: Record<string, { kind?: unknown }> }, stream: Stream): number =>
  stream === "history" ? Object.values(panels).filter(({ kind }) => kind).length : 0;

/** Panels that metrics make by themselves; the same list until other metrics come. */
export function useAvailable(metrics: Metric[], stream: Stream, sectionBy: (key: string) => string): Available[] {
  const keys = metrics.map(({ key }) => key).join("\n");
  return useMemo(
    () =>
      (keys ? keys.split("\n") : []).map((key) => ({
        id: `${stream === "system" ? "system" : "metric"}:${key}`,
        kind: "line" as const,
        title: key,
        prefix: sectionBy(key),
        options: { keys: [key] },
      })),
    [keys, stream, sectionBy],
  );
}

/** How each panel looks; the same objects until the workspace or the layout changes. */
export function useLooks(sections: readonly Section[], canGroup: boolean): ReadonlyMap<string, PanelLook> {
  const x = useView((view) => view.x);
  const smooth = useView((view) => view.smooth);
  const smoothing = useView((view) => view.smoothing);
  const original = useView((view) => view.original);
  const log = useView((view) => view.log);
  const logX = useView((view) => view.logX);
  const clip = useView((view) => view.clip);
  const aggregate = useView((view) => view.aggregate);
  const band = useView((view) => view.band);
  const tip = useView((view) => view.tip);
  const group = useView((view) => view.group);
  return useMemo(() => {
    const view = { x, smooth, smoothing, original, log, logX, clip, aggregate, band, tip, group };
    return new Map(
      sections.flatMap((section) =>
        section.panels.map((panel) => {
          const look = lookOfPanel(view, section.settings, panel.settings);
          return [panel.id, canGroup ? look : { ...look, group: NO_KEYS }] as const;
        }),
      ),
    );
  }, [sections, canGroup, x, smooth, smoothing, original, log, logX, clip, aggregate, band, tip, group]);
}

export function matches(key: string, search: string): boolean {
  if (!search) return true;
  try {
    return new RegExp(search, "i").test(key);
  } catch {
    return key.toLowerCase().includes(search.toLowerCase());
  }
}
