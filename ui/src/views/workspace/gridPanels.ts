/** Which panels a workspace has, which of them are looked for, and how each looks. */
import { useMemo } from "react";
import type { Metric, Stream } from "../../net/shapes";
import { type Available, MEDIA, type PanelKind, type PanelSpec, type Section } from "../../series/layout";
import { lookOfPanel, type PanelLook } from "../../state/panelLook";
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
  stream: Stream,
  sectionBy: (key: string) => string,
): Available[] {
  const known = JSON.stringify([metrics.map(({ key }) => key), mediaKeys]);
  return useMemo(() => {
    const [keys, media] = JSON.parse(known) as [string[], MediaSize[]];
    const own = (stem: string, kind: PanelKind, key: string): Available => ({
      id: `${stem}:${key}`,
      kind,
      title: key,
      prefix: sectionBy(key),
      options: { keys: [key] },
    });
    return [
      ...keys.map((key) => own(stream === "system" ? "system" : "metric", "line", key)),
      ...media.map(({ key, wide, tall }) => ({
        ...own("media", "media", key),
        prefix: sectionBy(key) || MEDIA,
        wide,
        tall,
      })),
    ];
  }, [known, stream, sectionBy]);
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
  const legend = useView((view) => view.legend);
  const legendText = useView((view) => view.legendText);
  const tipText = useView((view) => view.tipText);
  const group = useView((view) => view.group);
  return useMemo(() => {
    const view = {
      x,
      smooth,
      smoothing,
      original,
      log,
      logX,
      clip,
      aggregate,
      band,
      tip,
      legend,
      legendText,
      tipText,
      group,
    };
    return new Map(
      sections.flatMap((section) =>
        section.panels.map((panel) => {
          const look = lookOfPanel(view, section.settings, panel.settings);
          return [panel.id, canGroup ? look : { ...look, group: NO_KEYS }] as const;
        }),
      ),
    );
  }, [
    sections,
    canGroup,
    x,
    smooth,
    smoothing,
    original,
    log,
    logX,
    clip,
    aggregate,
    band,
    tip,
    legend,
    legendText,
    tipText,
    group,
  ]);
}

export function matches(key: string, search: string): boolean {
  if (!search) return true;
  try {
    return new RegExp(search, "i").test(key);
  } catch {
    return key.toLowerCase().includes(search.toLowerCase());
  }
}
