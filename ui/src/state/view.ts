/**
 * What the reader sees of a project, kept in the URL: so that it can be shared, reloaded, and undone with Back.
 *
 * Short names and left-out defaults keep addresses readable: `?q=vit&x=runtime&smooth=.6&zoom=100~2000`.
 */
import { createStore } from "zustand/vanilla";
import { rowPx } from "./density";

export const KNOWN_AXES = ["step", "percent", "runtime", "timestamp"] as const;
export type KnownAxis = (typeof KNOWN_AXES)[number];
/** What a chart runs over: a known axis, or a metric's key. */
export type XAxis = KnownAxis | (string & {});

export const SMOOTHINGS = ["weighted", "exponential", "gaussian", "mean"] as const;
export type SmoothingKind = (typeof SMOOTHINGS)[number];
export const AGGREGATES = ["mean", "median", "min", "max"] as const;
export type Aggregate = (typeof AGGREGATES)[number];
export const BANDS = ["minmax", "std", "stderr", "none"] as const;
export type Band = (typeof BANDS)[number];
export const TIPS = ["nearest", "all", "none"] as const;
export type Tip = (typeof TIPS)[number];
export const LEGENDS = ["none", "above", "below", "right"] as const;
export type Legend = (typeof LEGENDS)[number];

export interface View {
  /** Saved view that this one was opened from; null is the reader's own workspace. */
  view: string | null;
  /** Text or regular expression looked for in run names. */
  q: string;
  /** Filter expression. */
  filter: string;
  /** Sort keys as the API takes them. */
  sort: string;
  /** Keys that runs are grouped by, outermost first. */
  group: string[];
  /** Run that others are compared with. */
  baseline: string | null;
  /** Runs that stay on top of the list. */
  pinned: string[];
  /** How many of the first runs are drawn. */
  draw: number;
  /** Runs drawn beyond those, and runs not drawn although among them. */
  shown: string[];
  hidden: string[];
  /** What runs are coloured by: a value's key, `tags`, `state`…; null: each has a colour of its own. */
  colour: string | null;
  /** What all charts run over; null: each over its own step metric, or the step. */
  x: XAxis | null;
  /** Smoothing weight, 0 to .99. */
  smooth: number;
  smoothing: SmoothingKind;
  /** Draws what was logged faintly behind a smoothed line. */
  original: boolean;
  log: boolean;
  logX: boolean;
  /** What a group of runs is drawn as, and the band around it. */
  aggregate: Aggregate;
  band: Band;
  /** Runs that the tooltip names. */
  tip: Tip;
  legend: Legend;
  /** How legends and tooltips word a line (`series/template.ts`); "" is its run's name. */
  legendText: string;
  tipText: string;
  /** Leaves outliers out of the y range; they are counted instead. */
  clip: boolean;
  /** Shown x range; null is all of it. */
  zoom: [number, number] | null;
  /** The axis that this range is of; null is that of most charts. */
  zoomed: XAxis | null;
  /** Runs on the compare page, and the metric chosen there. */
  compared: string[];
  metric: string | null;
  /** The run whose code and log are held against the baseline's there. */
  against: string | null;
  /** What the reader opened there, or closed, of what is closed, or open, by itself: files, patches, logs. */
  turned: string[];
  /** Text looked for in metric names. */
  panels: string;
  /** Metric shown full screen. */
  focus: string | null;
  /** What was chosen of media: their steps, overlays and what is compared (`series/mediaAddress.ts`). */
  media: string[];
  /** Sections folded away. */
  closed: string[];
  selected: string[];
  /** Table columns in their order; null is the default choice. */
  columns: string[] | null;
  /** Table columns that stay at the left, beside the name. */
  fixed: string[];
  /** Widths in px that the reader gave to table columns. */
  widths: Record<string, number>;
  rowPx: RowPx;
  /** Lists deleted runs instead of those that are there. */
  deleted: boolean;
}

export const ROW_HEIGHTS = [24, 28, 36] as const;
export type RowPx = (typeof ROW_HEIGHTS)[number];
/** A selection of more runs isn't written into the address: servers refuse lines of any length. */
const SELECTED_WRITTEN = 300;

export const DRAWN_AT_FIRST = 20;
export const MAX_SMOOTHING = 0.99;

export const DEFAULT_VIEW: View = {
  view: null,
  q: "",
  filter: "",
  sort: "-created_at",
  group: [],
  baseline: null,
  pinned: [],
  draw: DRAWN_AT_FIRST,
  shown: [],
  hidden: [],
  colour: null,
  x: null,
  smooth: 0,
  smoothing: "weighted",
  original: true,
  log: false,
  logX: false,
  aggregate: "mean",
  band: "minmax",
  tip: "nearest",
  legend: "none",
  legendText: "",
  tipText: "",
  clip: false,
  zoom: null,
  zoomed: null,
  compared: [],
  metric: null,
  against: null,
  turned: [],
  panels: "",
  focus: null,
  media: [],
  closed: [],
  selected: [],
  columns: null,
  fixed: [],
  widths: {},
  get rowPx(): RowPx {
    return rowPx();
  },
  deleted: false,
};

/** Names in the URL, in the order they are written. */
const NAMES: Record<keyof View, string> = {
  view: "view",
  q: "q",
  filter: "filter",
  sort: "sort",
  group: "group",
  baseline: "base",
  pinned: "pin",
  draw: "draw",
  shown: "show",
  hidden: "hide",
  colour: "colour",
  x: "x",
  smooth: "smooth",
  smoothing: "sm",
  original: "orig",
  log: "log",
  logX: "logx",
  aggregate: "agg",
  band: "band",
  tip: "tip",
  legend: "legend",
  legendText: "names",
  tipText: "tips",
  clip: "clip",
  zoom: "zoom",
  zoomed: "over",
  compared: "runs",
  metric: "metric",
  against: "against",
  turned: "open",
  panels: "panels",
  focus: "focus",
  media: "media",
  closed: "closed",
  selected: "sel",
  columns: "cols",
  fixed: "fix",
  widths: "w",
  rowPx: "row",
  deleted: "deleted",
};

function encodeList(values: string[]): string {
  return values.map((value) => value.replaceAll("%", "%25").replaceAll(",", "%2C")).join(",");
}

function decodeList(text: string | null): string[] {
  if (!text) return [];
  return text.split(",").map((value) => value.replaceAll("%2C", ",").replaceAll("%25", "%"));
}

const oneOf = <T extends string>(known: readonly T[], text: string | null, otherwise: T): T =>
  known.find((one) => one === text) ?? otherwise;

/** Reads a view from a URL's query; what is missing or makes no sense takes its default. */
export function readView(search: string): View {
  const query = new URLSearchParams(search);
  const get = (name: keyof View) => query.get(NAMES[name]);
  const view: View = { ...DEFAULT_VIEW };
  view.q = get("q") ?? "";
  view.filter = get("filter") ?? "";
  view.sort = get("sort") || DEFAULT_VIEW.sort;
  view.panels = get("panels") ?? "";
  view.compared = decodeList(get("compared"));
  view.metric = get("metric") || null;
  view.against = get("against") || null;
  view.turned = decodeList(get("turned"));
  view.focus = get("focus") || null;
  view.media = decodeList(get("media"));
  view.view = get("view") || null;
  view.group = decodeList(get("group"));
  view.baseline = get("baseline") || null;
  view.pinned = decodeList(get("pinned"));
  view.smoothing = oneOf(SMOOTHINGS, get("smoothing"), DEFAULT_VIEW.smoothing);
  view.original = get("original") !== "0";
  view.logX = get("logX") === "1";
  view.aggregate = oneOf(AGGREGATES, get("aggregate"), DEFAULT_VIEW.aggregate);
  view.band = oneOf(BANDS, get("band"), DEFAULT_VIEW.band);
  view.tip = oneOf(TIPS, get("tip"), DEFAULT_VIEW.tip);
  view.legend = oneOf(LEGENDS, get("legend"), DEFAULT_VIEW.legend);
  view.legendText = get("legendText") ?? "";
  view.tipText = get("tipText") ?? "";
  view.shown = decodeList(get("shown"));
  view.hidden = decodeList(get("hidden"));
  view.closed = decodeList(get("closed"));
  view.selected = decodeList(get("selected"));
  view.columns = query.has(NAMES.columns) ? decodeList(get("columns")) : null;
  view.fixed = decodeList(get("fixed"));
  const widths = decodeList(get("widths"));
  view.widths = Object.fromEntries(
    widths.flatMap((key, i) => (i % 2 === 0 && Number(widths[i + 1]) > 0 ? [[key, Number(widths[i + 1])]] : [])),
  );
  view.rowPx = ROW_HEIGHTS.find((height) => String(height) === get("rowPx")) ?? DEFAULT_VIEW.rowPx;
  view.deleted = get("deleted") === "1";
  view.log = get("log") === "1";
  view.clip = get("clip") === "1";
  view.colour = get("colour") || null;
  view.x = get("x") || null;
  const draw = Number(get("draw"));
  if (Number.isInteger(draw) && draw > 0 && draw <= 1000) view.draw = draw;
  const smooth = Number(get("smooth"));
  if (smooth > 0) view.smooth = Math.min(smooth, MAX_SMOOTHING);
  const [from, to] = (get("zoom") ?? "").split("~").map(Number);
  if (from !== undefined && to !== undefined && Number.isFinite(from) && Number.isFinite(to) && from < to) {
    view.zoom = [from, to];
    view.zoomed = get("zoomed") || null;
  }
  return view;
}

/** Writes a view as a URL's query, with "?" in front unless it is empty. */
export function writeView(view: View): string {
  const query = new URLSearchParams();
  for (const name of Object.keys(NAMES) as (keyof View)[]) {
    const value = view[name];
    if (JSON.stringify(value) === JSON.stringify(DEFAULT_VIEW[name])) continue;
    if (name === "selected" && view.selected.length > SELECTED_WRITTEN) continue;
    const text =
      name === "zoom"
        ? view.zoom!.map((edge) => Number(edge.toPrecision(12))).join("~")
        : name === "widths"
          ? encodeList(Object.entries(view[name]).flat().map(String))
          : Array.isArray(value)
            ? encodeList(value as string[])
            : typeof value === "boolean"
              ? value
                ? "1"
                : "0"
              : String(value);
    query.set(NAMES[name], text);
  }
  // Commas and tildes are fine in a query and far more readable bare.
  const text = query.toString().replaceAll("%2C", ",").replaceAll("%7E", "~").replaceAll("%2F", "/");
  return text ? `?${text}` : "";
}

/** Changes that Back undoes; the others (typing, sliding) replace the address in place. */
const UNDONE_BY_BACK = new Set<keyof View>([
  "zoom",
  "filter",
  "view",
  "sort",
  "group",
  "colour",
  "baseline",
  "pinned",
  "smoothing",
  "logX",
  "aggregate",
  "band",
  "x",
  "focus",
  "log",
  "clip",
  "draw",
  "compared",
  "metric",
  "against",
  "columns",
  "fixed",
  "widths",
  "deleted",
]);

export const viewStore = createStore<View>(() => readView(globalThis.location?.search ?? ""));

/** Told of every change that the reader makes, before the address has it. */
let onChange: (view: View) => void = () => {};
export function whenViewChanges(callback: (view: View) => void): void {
  onChange = callback;
}

/** Changes the view and the address with it. */
export function changeView(changes: Partial<View>): void {
  const before = viewStore.getState();
  const after = { ...before, ...changes };
  const changed = (Object.keys(changes) as (keyof View)[]).filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
  if (changed.length === 0) return;
  viewStore.setState(after);
  onChange(after);
  const address = window.location.pathname + writeView(after) + window.location.hash;
  if (changed.some((name) => UNDONE_BY_BACK.has(name))) window.history.pushState(window.history.state, "", address);
  else window.history.replaceState(window.history.state, "", address);
}

/** Reads the view again from the address, after Back, Forward, or a link. */
export function followAddress(): void {
  const view = readView(window.location.search);
  if (writeView(view) !== writeView(viewStore.getState())) viewStore.setState(view);
}
