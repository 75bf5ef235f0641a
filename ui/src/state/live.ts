/** Makes what the page shows follow the live notices: what is new becomes stale, and what is seen is read again. */
import { QueryClient } from "@tanstack/react-query";
import { createStore } from "zustand/vanilla";
import { ApiError } from "../net/http";
import { listen } from "../net/live";
import type { LiveNotice } from "../net/shapes";
import { forgetSeries } from "./seriesCache";

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      refetchOnWindowFocus: false,
      retry: (failures, error) =>
        !(error instanceof ApiError && error.status >= 400 && error.status < 500) && failures < 3,
      retryDelay: (failures) => Math.min(500 * 2 ** failures, 5000),
    },
  },
});

/**
 * Runs that this page has deleted or moved away, as entity/project/id. Their own page may still be there, hidden until
 * the next one's code has come; what it shows is not read again, as it would meet a 404.
 */
const gone = new Set<string>();
/** How long: a page whose code takes longer to come shows one more error. */
const GONE_MS = 30_000;

export function setGone(
  { entity, project }: { entity: string; project: string },
  ids: string[],
  isGone: boolean,
): void {
  for (const id of ids) {
    const one = `${entity}/${project}/${id}`;
    gone.delete(one);
    if (!isGone) continue;
    gone.add(one);
    setTimeout(() => gone.delete(one), GONE_MS);
  }
}

/** Whether what a query of this key reads may still be there. */
export const isThere = ([room, entity, project, ...rest]: readonly unknown[]): boolean =>
  room !== "project" || !rest.some((part) => gone.has(`${entity}/${project}/${part}`));

/** Whether notices arrive; while they don't, the page asks by itself now and then. */
export const lineStore = createStore<{ connected: boolean | null }>(() => ({ connected: null }));

/** Notices of this long are answered together: a busy project costs a few requests a second, not hundreds. */
const GATHER_MS = 300;
const POLL_MS = 5000;

interface Due {
  /** Query kinds to read again, by project. */
  kinds: Map<string, Set<string>>;
  projects: boolean;
  everything: boolean;
}

const nothing = (): Due => ({ kinds: new Map(), projects: false, everything: false });
let due = nothing();
let timer: ReturnType<typeof setTimeout> | null = null;

/** Media and custom charts: all but single values, which stay as they were logged. */
const MEDIA_KINDS = ["media-keys", "media-steps", "media-range", "run-charts"];

/** Query kinds of a project that a notice makes stale. */
export function kindsOf(what: string[]): Set<string> {
  const kinds = new Set<string>(["runs", "run"]);
  if (what.includes("state")) kinds.add("describe").add("columns");
  if (what.includes("config") || what.includes("summary")) kinds.add("columns");
  if (what.includes("history") || what.includes("system")) kinds.add("series").add("metrics");
  if (what.includes("history")) for (const kind of MEDIA_KINDS) kinds.add(kind);
  if (what.includes("console")) kinds.add("console").add("console-hits");
  if (what.includes("files")) kinds.add("files");
  if (what.includes("artifacts")) kinds.add("artifacts");
  if (what.includes("alerts")) kinds.add("alerts");
  return kinds;
}

function gather(notice: LiveNotice): void {
  if (notice.event === "connected" || notice.event === "disconnected") {
    const was = lineStore.getState().connected;
    lineStore.setState({ connected: notice.event === "connected" });
    if (notice.event !== "connected") return;
    // Between two lines anything may have happened; before the first, what is live went on, and somebody may have edited.
    if (was === false) due.everything = true;
    else if (was === null) planLive();
    else return;
  } else if (notice.event === "resync") {
    due.everything = true;
  } else if (notice.event === "project") {
    due.projects = true;
    plan(`${notice.entity}/${notice.project}`, new Set(["describe", "runs", "columns", "metrics"]));
  } else {
    const what = notice.what ?? [];
    if (notice.run && (what.includes("history") || what.includes("system"))) {
      forgetSeries(notice.entity, notice.project, notice.run);
    }
    if (what.includes("state")) due.projects = true;
    plan(`${notice.entity}/${notice.project}`, kindsOf(what));
  }
  schedule();
}

/** Everything that a run at work changes. */
const AT_WORK = ["state", "config", "summary", "history", "system", "console", "files"];

/** Finds the runs in an answer: a run itself, a list of them, or pages of lists. */
function runsIn(data: unknown): { id: string; state: string }[] {
  if (typeof data !== "object" || data === null) return [];
  if ("pages" in data && Array.isArray(data.pages)) return data.pages.flatMap(runsIn);
  if ("runs" in data && Array.isArray(data.runs)) return data.runs;
  return "id" in data && "state" in data ? [data as { id: string; state: string }] : [];
}

/** Reads again what was read before anybody listened: lists and runs, an edit may be missing, and all of live runs. */
function planLive(): void {
  for (const { queryKey, state } of queryClient.getQueryCache().getAll()) {
    const [room, entity, project, kind] = queryKey as string[];
    if (room !== "project" || (kind !== "runs" && kind !== "run")) continue;
    plan(`${entity}/${project}`, new Set([kind]));
    for (const run of runsIn(state.data)) {
      if (run.state !== "running" && run.state !== "pending") continue;
      forgetSeries(entity!, project!, run.id);
      plan(`${entity}/${project}`, kindsOf(AT_WORK));
    }
  }
}

function plan(place: string, kinds: Set<string>): void {
  const planned = due.kinds.get(place) ?? new Set<string>();
  for (const kind of kinds) planned.add(kind);
  due.kinds.set(place, planned);
}

function schedule(): void {
  // A hidden tab fetches nothing; it catches up when it is seen again.
  if (timer === null && !document.hidden) timer = setTimeout(settle, GATHER_MS);
}

function settle(): void {
  timer = null;
  const { kinds, projects, everything } = due;
  due = nothing();
  if (everything) {
    forgetSeries();
    void queryClient.invalidateQueries({ predicate: ({ queryKey }) => isThere(queryKey) });
    return;
  }
  if (projects) void queryClient.invalidateQueries({ queryKey: ["projects"] });
  void queryClient.invalidateQueries({
    predicate: ({ queryKey }) => {
      const [room, entity, project, kind] = queryKey;
      return room === "project" && kinds.get(`${entity}/${project}`)?.has(String(kind)) === true && isThere(queryKey);
    },
  });
}

/** Starts following; called once, when somebody is logged in. */
export function followLive(): () => void {
  const stop = listen(gather);
  const seen = () => {
    if (!document.hidden && (due.everything || due.projects || due.kinds.size > 0)) schedule();
  };
  document.addEventListener("visibilitychange", seen);
  const poll = setInterval(() => {
    if (lineStore.getState().connected === false && !document.hidden) {
      due.everything = true;
      schedule();
    }
  }, POLL_MS);
  return () => {
    stop();
    document.removeEventListener("visibilitychange", seen);
    clearInterval(poll);
  };
}
