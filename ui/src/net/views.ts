/** Saved views of a project: what a workspace shows and how it is arranged, kept by the server. */
import { address, getJson, sendJson } from "./http";
import type { MetricPage } from "./metrics";
import { type Place, placeKey } from "./projects";

/** What a view holds: the address's query, and the layout as the page wrote it. */
export interface ViewSpec {
  query: string;
  layout: unknown;
}

export interface ViewRow {
  id: string;
  name: string | null;
  owner: string;
  /** Everybody who may read the project may open it. */
  shared: boolean;
  /** Opened for those who have no workspace of their own yet. */
  default: boolean;
  mine: boolean;
  revision: number;
  created_at: number;
  updated_at: number;
}

export interface SavedView extends ViewRow {
  spec: ViewSpec;
}

const base = (place: Place, ...more: string[]) => ["api", "projects", place.entity, place.project, "views", ...more];

export const viewsQuery = (place: Place) => ({
  queryKey: [...placeKey(place), "views"],
  queryFn: async ({ signal }: { signal: AbortSignal }) =>
    (await getJson<{ views: ViewRow[] }>(address(base(place)), signal)).views,
});

/** Gives the caller's own workspace, undefined before its first change. */
export const readDraft = (place: Place) => getJson<SavedView | undefined>(address(base(place, "draft")));

/** What a workspace opens with. */
export interface Opening {
  /** The view that was asked for, else the caller's own workspace, else the project's default view. */
  view: SavedView | null;
  metrics: MetricPage;
}

export const readOpening = (place: Place, view: string | null) =>
  getJson<Opening>(address(["api", "projects", place.entity, place.project, "workspace"], { view }));

export const keepDraft = (place: Place, spec: ViewSpec) =>
  sendJson<SavedView>("PUT", address(base(place, "draft")), { spec });

export const dropDraft = (place: Place) => sendJson<void>("DELETE", address(base(place, "draft")));

export const addView = (place: Place, view: { name: string; spec: ViewSpec; shared?: boolean }) =>
  sendJson<SavedView>("POST", address(base(place)), view);

export const changeSavedView = (
  place: Place,
  id: string,
  changes: { name?: string; spec?: ViewSpec; shared?: boolean; default?: boolean; revision?: number },
) => sendJson<SavedView>("PATCH", address(base(place, id)), changes);

export const deleteView = (place: Place, id: string) => sendJson<void>("DELETE", address(base(place, id)));
