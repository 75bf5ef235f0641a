/** What a logged object with a `_type` is, in a few facts: media, tables and histograms aren't read as JSON. */
import { asNumber, type Json } from "./tagged";

export const MEDIA_KINDS = [
  "image",
  "video",
  "audio",
  "html",
  "table",
  "plotly",
  "bokeh",
  "object3D",
  "molecule",
  "graph",
  "model",
  "artifact",
  "histogram",
  "other",
] as const;
export type MediaKind = (typeof MEDIA_KINDS)[number];

export interface Media {
  kind: MediaKind;
  /** The type as it was logged. */
  type: string;
  /** How many of them one value holds. */
  count: number;
  /** Two figures that describe it: width and height, rows and columns; null when it doesn't say. */
  extent: [number, number] | null;
  /** Files below the run's, as far as they are named. */
  paths: string[];
  caption: string | null;
  /** Counts per bin of a histogram. */
  bins: number[] | null;
}

const KINDS: Record<string, MediaKind> = {
  "images/separated": "image",
  videos: "video",
  wb_trace_tree: "other",
  "wandb.table": "table",
};

function kindOf(type: string): MediaKind {
  const word = type.replace(/-file$/, "");
  if (KINDS[type]) return KINDS[type];
  if (/table/.test(word)) return "table";
  if (/model$/.test(word)) return "model";
  if (/artifact/i.test(word)) return "artifact";
  return MEDIA_KINDS.find((kind) => kind === word) ?? "other";
}

/** Reads an object with a `_type`; null for any other value. */
export function readMedia(value: Json): Media | null {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const type = value._type;
  if (typeof type !== "string" || type === "number") return null;
  const pair = (a: string, b: string): [number, number] | null => {
    const [first, second] = [asNumber(value[a]), asNumber(value[b])];
    return first === null || second === null ? null : [first, second];
  };
  const names = Array.isArray(value.filenames) ? value.filenames : [value.path];
  const paths = names.filter((path): path is string => typeof path === "string" && !path.includes("://"));
  const numbers = Array.isArray(value.values) ? value.values.map(asNumber) : [];
  const bins = type === "histogram" ? numbers.filter((one): one is number => one !== null) : null;
  return {
    kind: kindOf(type),
    type,
    count: asNumber(value.count) ?? (bins ? bins.length : Math.max(paths.length, 1)),
    extent: pair("width", "height") ?? pair("nrows", "ncols"),
    paths,
    caption: typeof value.caption === "string" && value.caption ? value.caption : null,
    bins,
  };
}
