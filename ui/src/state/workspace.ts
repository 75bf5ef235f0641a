/**
 * The workspace that is open: its layout, the way back and forward through changes, and where they are kept.
 *
 * Without a saved view in the address it is the reader's own, kept by the server as they go (a draft). A saved view
 * keeps its shape until the reader saves it: changes to it live in this page and say so.
 */
import { createStore } from "zustand/vanilla";
import { ApiError } from "../net/http";
import { metricsQuery } from "../net/metrics";
import type { Place } from "../net/projects";
import { dropDraft, keepDraft, readOpening, type SavedView, type ViewSpec } from "../net/views";
import { EMPTY_LAYOUT, type Layout, readLayout } from "../series/layout";
import { queryClient } from "./live";
import { DEFAULT_VIEW, readView, type View, viewStore, whenViewChanges, writeView } from "./view";

export interface Arranged {
  place: Place | null;
  /** Whether what the server keeps has been read, or can't be. */
  ready: boolean;
  layout: Layout;
  past: Layout[];
  future: Layout[];
  /** The saved view that is open. */
  saved: SavedView | null;
  /** Whether the last change of the reader's own workspace is kept. */
  keeping: "kept" | "keeping" | "failed";
}

const NOTHING: Arranged = {
  place: null,
  ready: false,
  layout: EMPTY_LAYOUT,
  past: [],
  future: [],
  saved: null,
  keeping: "kept",
};
const MAX_UNDONE = 100;
const REST_MS = 800;
/** A first paint doesn't wait longer for what was arranged. */
const PATIENCE_MS = 1500;

/** What belongs to the moment, not to the workspace. */
const PASSING = [
  "view",
  "q",
  "compared",
  "metric",
  "against",
  "turned",
  "panels",
  "zoom",
  "zoomed",
  "focus",
  "media",
  "selected",
] as const satisfies (keyof View)[];

export const workspaceStore = createStore<Arranged>(() => NOTHING);

/** Gives what is worth keeping of a view, as a query. */
export function lastingQuery(view: View): string {
  const passing = Object.fromEntries(PASSING.map((name) => [name, DEFAULT_VIEW[name]]));
  return writeView({ ...view, ...passing });
}

/** Gives what would be saved now. */
export function currentSpec(): ViewSpec {
  return { query: lastingQuery(viewStore.getState()), layout: workspaceStore.getState().layout };
}

/** Whether the open saved view was changed since. */
export function isChanged({ saved, layout }: Pick<Arranged, "saved" | "layout">, view: View): boolean {
  if (!saved) return false;
  const kept = JSON.stringify(readLayout(saved.spec.layout));
  return JSON.stringify(layout) !== kept || lastingQuery(view) !== lastingQuery(readView(saved.spec.query ?? ""));
}

function goTo(view: View): void {
  viewStore.setState(view);
  window.history.replaceState(window.history.state, "", window.location.pathname + writeView(view));
}

/** Takes over the kept query where the address says nothing itself. */
function follow(spec: ViewSpec, id: string | null): void {
  const said = new URLSearchParams(window.location.search);
  said.delete("view");
  if (said.size > 0) return;
  goTo({ ...readView(spec.query ?? ""), view: id });
}

let opened = 0;
/** What of the view is kept, as it was last chosen or read. */
let lasting = "";

/** Opens the workspace of a project: the view that the address names, or the reader's own. Again, it stays as it is. */
export async function openWorkspace(place: Place): Promise<void> {
  const id = viewStore.getState().view;
  const now = workspaceStore.getState();
  const same = now.place?.entity === place.entity && now.place.project === place.project;
  if (same && now.ready && (now.saved?.id ?? null) === id) {
    workspaceStore.setState({ place });
    stayInView();
    return;
  }
  const turn = ++opened;
  lasting = "";
  workspaceStore.setState({ ...NOTHING, place }, true);
  const patience = setTimeout(() => turn === opened && workspaceStore.setState({ ready: true }), PATIENCE_MS);
  try {
    const { view, metrics } = await readOpening(place, id);
    queryClient.setQueryData(metricsQuery(place, "history").queryKey, metrics);
    if (turn !== opened) return;
    if (view) {
      follow(view.spec, id ? view.id : null);
      lasting = lastingQuery(viewStore.getState());
      workspaceStore.setState({ layout: readLayout(view.spec.layout), saved: id ? view : null });
    }
  } catch (error) {
    // Nobody is logged in: there is nothing to show, and the page for that is on its way.
    if (error instanceof ApiError && error.status === 401 && turn === opened) opened++;
    // A view that is gone leaves the reader's own workspace; a server that is away, the sections as they are.
    if (turn === opened && id && error instanceof ApiError && error.status === 404) {
      goTo({ ...viewStore.getState(), view: null });
      clearTimeout(patience);
      return openWorkspace(place);
    }
  } finally {
    clearTimeout(patience);
    if (turn === opened) workspaceStore.setState({ ready: true });
  }
}

/** Opens a saved view, or with null the reader's own workspace again. */
export async function openView(place: Place, id: string | null): Promise<void> {
  window.history.pushState(window.history.state, "", window.location.pathname + (id ? `?view=${id}` : ""));
  viewStore.setState({ ...DEFAULT_VIEW, view: id });
  // The same view again means as it was saved: what is open isn't that.
  workspaceStore.setState({ ready: false });
  await openWorkspace(place);
}

/** Forgets what the reader arranged and chose: the project as it makes itself. */
export async function resetWorkspace(place: Place): Promise<void> {
  const { layout, past } = workspaceStore.getState();
  clearTimeout(waiting);
  lasting = "";
  workspaceStore.setState({ layout: EMPTY_LAYOUT, past: [...past, layout], future: [] });
  goTo(DEFAULT_VIEW);
  await dropDraft(place);
}

/** Says that what is open is now this saved view. */
export function becomeView(saved: SavedView): void {
  workspaceStore.setState({ saved });
  goTo({ ...viewStore.getState(), view: saved.id });
}

let waiting: ReturnType<typeof setTimeout> | undefined;

function keepSoon(): void {
  const { place, ready } = workspaceStore.getState();
  if (!place || !ready || viewStore.getState().view) return;
  clearTimeout(waiting);
  workspaceStore.setState({ keeping: "keeping" });
  waiting = setTimeout(() => void keepNow(place), REST_MS);
}

async function keepNow(place: Place): Promise<void> {
  if (workspaceStore.getState().place !== place || viewStore.getState().view) return;
  try {
    await keepDraft(place, currentSpec());
    workspaceStore.setState({ keeping: "kept" });
  } catch {
    workspaceStore.setState({ keeping: "failed" });
  }
}

/** Changes the layout; the change can be undone. */
export function arrange(change: (layout: Layout) => Layout): void {
  const { layout, past } = workspaceStore.getState();
  const next = change(layout);
  if (next === layout) return;
  workspaceStore.setState({ layout: next, past: [...past.slice(1 - MAX_UNDONE), layout], future: [] });
  keepSoon();
}

export function undo(): boolean {
  const { layout, past, future } = workspaceStore.getState();
  const before = past.at(-1);
  if (!before) return false;
  workspaceStore.setState({ layout: before, past: past.slice(0, -1), future: [layout, ...future] });
  keepSoon();
  return true;
}

export function redo(): boolean {
  const { layout, past, future } = workspaceStore.getState();
  const [next, ...rest] = future;
  if (!next) return false;
  workspaceStore.setState({ layout: next, past: [...past, layout], future: rest });
  keepSoon();
  return true;
}

whenViewChanges((view) => {
  const query = lastingQuery(view);
  if (query === lasting) return;
  lasting = query;
  keepSoon();
});

/** After a link inside the project that says nothing of the view: the reader's stays. */
export function stayInView(): void {
  const { place, ready, saved } = workspaceStore.getState();
  if (!place || !ready || window.location.search !== "" || lasting === "") return;
  const [, entity, project, page] = window.location.pathname.split("/").map(decodeURIComponent);
  if (entity !== place.entity || project !== place.project || page === "artifacts") return;
  goTo({ ...readView(lasting), view: saved?.id ?? null });
}
