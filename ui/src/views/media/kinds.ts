/**
 * What shows a media value, by its `_type`; each is loaded when the first of its kind is seen.
 *
 * A component gets one value of one run at one step, and fills the box it stands in (its parent has a height and no
 * scroll bar; what is larger scrolls inside). It stays mounted while the slider moves: what it shows should stay until
 * the next is ready. Files that aren't here are null in `files`: say so.
 */
import { type ComponentType, type LazyExoticComponent, lazy } from "react";
import type { ClassLabels, MediaFiles } from "../../net/media";
import type { Place } from "../../net/projects";
import type { Json } from "../../series/tagged";
import type { DrawnChart } from "../workspace/gridMedia";

export interface MediaProps {
  place: Place;
  /** The run's id and name. */
  run: string;
  runName: string;
  mediaKey: string;
  step: number;
  value: { [key: string]: Json };
  files: MediaFiles;
  labels?: ClassLabels;
  /** Whether it has the whole page, and room for more controls. */
  full: boolean;
}

/** A custom chart over the drawn runs that have it. */
export interface ChartProps {
  place: Place;
  name: string;
  charts: DrawnChart[];
}

type Kind = LazyExoticComponent<ComponentType<MediaProps>>;

const Fallback: Kind = lazy(() => import("./Fallback"));

const LoggedTable: Kind = lazy(() => import("./LoggedTable"));
const Html: Kind = lazy(() => import("./Html"));
const Sound: Kind = lazy(() => import("./Sound"));
const Film: Kind = lazy(() => import("./Film"));
const Scene: Kind = lazy(() => import("./Scene"));
const Molecule: Kind = lazy(() => import("./Molecule"));

/** Cells of a panel, by the type in them: the least width, and the height below their head. Others are 300 × 232. */
const CELLS: Record<string, [number, number]> = {
  "image-file": [180, 184],
  "images/separated": [300, 232],
  histogram: [240, 220],
  "audio-file": [260, 120],
  "table-file": [420, 300],
  "incremental-table-file": [420, 300],
  "graph-file": [420, 300],
  audio: [260, 184],
};

export const cellOf = (type: string): [least_px: number, tall_px: number] => CELLS[type] ?? [300, 232];

const Images: Kind = lazy(() => import("./Images"));

const KINDS: Record<string, Kind> = {
  "image-file": Images,
  "images/separated": Images,
  images: Images,
  histogram: lazy(() => import("./HistogramView")),
  "table-file": LoggedTable,
  "incremental-table-file": LoggedTable,
  "html-file": Html,
  html: Html,
  "audio-file": Sound,
  audio: Sound,
  "video-file": Film,
  videos: Film,
  "object3D-file": Scene,
  object3D: Scene,
  "plotly-file": lazy(() => import("./Figure")),
  "graph-file": lazy(() => import("./Layers")),
  "molecule-file": Molecule,
  molecule: Molecule,
};

export const kindOf = (type: string): Kind => KINDS[type] ?? Fallback;

/** Draws custom charts; it brings Vega with it. */
export const CustomChart: LazyExoticComponent<ComponentType<ChartProps>> = lazy(() => import("./CustomChart"));
