/**
 * What shows a media value, by its `_type`; each is loaded when the first of its kind is seen.
 *
 * A component gets one value of one run at one step, and fills the box it stands in (its parent has a height and no
 * scroll bar; what is larger scrolls inside). It stays mounted while the slider moves: what it shows should stay until
 * the next is ready. Files that aren't here are null in `files`: say so.
 */
import { type ComponentType, type LazyExoticComponent, lazy } from "react";
import type { ClassLabels, MediaFiles, RunChart } from "../../net/media";
import type { Place } from "../../net/projects";
import type { Json } from "../../series/tagged";
import type { Look } from "../../state/slots";

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
  charts: { run: string; runName: string; look: Look; chart: RunChart }[];
  full: boolean;
}

type Kind = LazyExoticComponent<ComponentType<MediaProps>>;

const Fallback: Kind = lazy(() => import("./Fallback"));

const KINDS: Record<string, Kind> = {};

export const kindOf = (type: string): Kind => KINDS[type] ?? Fallback;
