/** How a panel looks: what the workspace says, then its section, then the panel itself; the last word counts. */
import type { PanelSettings } from "../series/layout";
import {
  AGGREGATES,
  type Aggregate,
  BANDS,
  type Band,
  LEGENDS,
  type Legend,
  MAX_SMOOTHING,
  SMOOTHINGS,
  type SmoothingKind,
  TIPS,
  type Tip,
  type View,
  type XAxis,
} from "./view";

export type OpenRange = [number | null, number | null];

export interface PanelLook {
  /** null: each metric over its own step metric, or the step. */
  x: XAxis | null;
  smooth: number;
  smoothing: SmoothingKind;
  original: boolean;
  log: boolean;
  logX: boolean;
  clip: boolean;
  aggregate: Aggregate;
  band: Band;
  tip: Tip;
  legend: Legend;
  /** "": a line's run. */
  legendText: string;
  tipText: string;
  group: string[];
  /** Runs drawn at most; null draws all that are. */
  draw: number | null;
  rangeX: OpenRange | null;
  rangeY: OpenRange | null;
  /** What stands at the axes; "": nothing. */
  titleX: string;
  titleY: string;
}

const OF_WORKSPACE = [
  "x",
  "smooth",
  "smoothing",
  "original",
  "log",
  "logX",
  "clip",
  "aggregate",
  "band",
  "tip",
  "legend",
  "legendText",
  "tipText",
  "group",
] as const satisfies readonly (keyof View)[];

/** What a workspace says for all of its panels. */
export type WorkspaceLook = Pick<View, (typeof OF_WORKSPACE)[number]>;

export const lookOfWorkspace = (view: View): WorkspaceLook =>
  Object.fromEntries(OF_WORKSPACE.map((name) => [name, view[name]])) as WorkspaceLook;

const known = <T extends string>(values: readonly T[], value: string | undefined, otherwise: T): T =>
  values.find((one) => one === value) ?? otherwise;

const range = (value: OpenRange | undefined): OpenRange | null =>
  Array.isArray(value) && (Number.isFinite(value[0]) || Number.isFinite(value[1])) ? value : null;

/** Gives a panel's look; levels come from the outside in, and may hold what a file or an older page wrote. */
export function lookOfPanel(view: WorkspaceLook, ...levels: PanelSettings[]): PanelLook {
  const said: PanelSettings = Object.assign({}, ...levels);
  return {
    x: said.x ?? view.x,
    smooth: Math.min(Math.max(said.smooth ?? view.smooth, 0), MAX_SMOOTHING),
    smoothing: known(SMOOTHINGS, said.smoothing, view.smoothing),
    original: said.original ?? view.original,
    log: said.log ?? view.log,
    logX: said.logX ?? view.logX,
    clip: said.clip ?? view.clip,
    aggregate: known(AGGREGATES, said.aggregate, view.aggregate),
    band: known(BANDS, said.band, view.band),
    tip: known(TIPS, said.tip, view.tip),
    legend: known(LEGENDS, said.legend, view.legend),
    legendText: typeof said.legendText === "string" ? said.legendText : view.legendText,
    tipText: typeof said.tipText === "string" ? said.tipText : view.tipText,
    group: said.group ?? view.group,
    draw: Number.isInteger(said.draw) && said.draw! > 0 ? said.draw! : null,
    rangeX: range(said.rangeX),
    rangeY: range(said.rangeY),
    titleX: typeof said.titleX === "string" ? said.titleX : "",
    titleY: typeof said.titleY === "string" ? said.titleY : "",
  };
}
