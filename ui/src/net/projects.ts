/** Projects, runs, columns: what the lists and tables ask for. */
import { address, getJson, sendJson } from "./http";
import type { Column, GroupPage, Project, Run, RunEdit, RunPage, RunRow, WholeProject } from "./shapes";

/** A project's place; every project query starts its key with it, so that one call makes all of them stale. */
export interface Place {
  entity: string;
  project: string;
}

type Asked = { signal: AbortSignal };

export const placeKey = ({ entity, project }: Place) => ["project", entity, project] as const;
const under = ({ entity, project }: Place, ...rest: string[]) => ["api", "projects", entity, project, ...rest];

export const projectsQuery = {
  queryKey: ["projects"],
  queryFn: async ({ signal }: Asked) => (await getJson<{ projects: Project[] }>("/api/projects", signal)).projects,
};

export const deletedProjectsQuery = {
  queryKey: ["projects", "deleted"],
  queryFn: async ({ signal }: Asked) =>
    (await getJson<{ projects: Project[] }>("/api/projects?deleted=1", signal)).projects,
};

export const projectQuery = (place: Place) => ({
  queryKey: [...placeKey(place), "describe"],
  queryFn: ({ signal }: Asked) => getJson<WholeProject>(address(under(place)), signal),
});

export const editProject = (place: Place, changes: { description: string }) =>
  sendJson<Project>("PATCH", address(under(place)), changes);
export const deleteProject = (place: Place) => sendJson<void>("DELETE", address(under(place)));
export const restoreProject = (place: Place) => sendJson<Project>("POST", address(under(place, "restore")), {});

/** What a page of runs is asked by. */
export interface RunsAsked {
  filter?: string;
  sort?: string;
  q?: string;
  columns?: string[];
  ids?: string[];
  deleted?: boolean;
  offset?: number;
  limit?: number;
}

/** Joins keys with commas; a comma inside a key is percent-encoded, as the API wants it. */
export function joinKeys(keys: string[]): string {
  return keys.map((key) => key.replaceAll("%", "%25").replaceAll(",", "%2C")).join(",");
}

export function fetchRuns(place: Place, asked: RunsAsked, signal?: AbortSignal): Promise<RunPage> {
  return getJson<RunPage>(address(under(place, "runs"), runsParameters(asked)), signal);
}

function runsParameters({ columns, ids, deleted, ...rest }: RunsAsked) {
  return {
    ...rest,
    columns: columns?.length ? joinKeys(columns) : undefined,
    ids: ids?.join(","),
    deleted: deleted ? "true" : undefined,
  };
}

/** One page of a list that is read where it is looked at. */
export const runPageQuery = (place: Place, asked: RunsAsked) => ({
  queryKey: [...placeKey(place), "runs", "page", asked],
  queryFn: ({ signal }: Asked) => fetchRuns(place, asked, signal),
});

/** Groups listed at most; the table says how many there are. */
export const GROUPS_LISTED = 1000;

/** Runs in groups by one key, in the order of each group's first run. */
export const groupsQuery = (place: Place, asked: RunsAsked, key: string) => ({
  queryKey: [...placeKey(place), "runs", "groups", asked, key],
  queryFn: ({ signal }: Asked) => {
    const query = { limit: GROUPS_LISTED, ...runsParameters(asked), group: joinKeys([key]) };
    return getJson<GroupPage>(address(under(place, "runs"), query), signal);
  },
});

/** Runs in groups by several keys at once: a group for each of their combinations. */
export const jointGroupsQuery = (place: Place, asked: RunsAsked, keys: string[]) => ({
  queryKey: [...placeKey(place), "runs", "joint groups", asked, keys],
  queryFn: ({ signal }: Asked) => {
    const query = { limit: GROUPS_LISTED, ...runsParameters(asked), group: joinKeys(keys) };
    return getJson<GroupPage>(address(under(place, "runs"), query), signal);
  },
});

/** Rows asked for at once; a list reads on as it is scrolled. The first are fewer: charts wait for them. */
const RUNS_A_PAGE = 500;
const FIRST_RUNS = 200;

/** A list of runs, page after page. */
export const runsQuery = (place: Place, asked: RunsAsked) => ({
  queryKey: [...placeKey(place), "runs", asked],
  queryFn: ({ signal, pageParam }: Asked & { pageParam: number }) =>
    fetchRuns(place, { limit: pageParam === 0 ? FIRST_RUNS : RUNS_A_PAGE, ...asked, offset: pageParam }, signal),
  initialPageParam: 0,
  getNextPageParam: (last: RunPage) => {
    const next = last.offset + last.runs.length;
    return last.runs.length > 0 && next < last.matched ? next : undefined;
  },
});

export const columnsQuery = (place: Place) => ({
  queryKey: [...placeKey(place), "columns"],
  queryFn: async ({ signal }: Asked) =>
    (await getJson<{ columns: Column[] }>(address(under(place, "columns")), signal)).columns,
});

export const runQuery = (place: Place, id: string) => ({
  queryKey: [...placeKey(place), "run", id],
  queryFn: ({ signal }: Asked) => getJson<Run>(address(under(place, "runs", id)), signal),
});

export const editRuns = (place: Place, ids: string[], set: RunEdit) =>
  sendJson<{ edited: number; runs: RunRow[] }>("POST", address(under(place, "runs", "edit")), { ids, set });
export const deleteRuns = (place: Place, ids: string[]) =>
  sendJson<{ deleted: number }>("POST", address(under(place, "runs", "delete")), { ids });
export const restoreRuns = (place: Place, ids: string[]) =>
  sendJson<unknown>("POST", address(under(place, "runs", "restore")), { ids });
export const stopRun = (place: Place, id: string) => sendJson<void>("POST", address(under(place, "runs", id, "stop")));

/** Address of the rows of a run, as a download. */
export const historyAddress = (place: Place, id: string, format: "csv" | "jsonl" | "parquet") =>
  address(under(place, "runs", id, "history"), { format });

export const stopRuns = (place: Place, ids: string[]) =>
  sendJson<{ asked: string[]; ended: string[] }>("POST", address(under(place, "runs", "stop")), { ids });
export const moveRuns = (place: Place, ids: string[], to: Place) =>
  sendJson<{ moved: number }>("POST", address(under(place, "runs", "move")), { ids, ...to });

export type ExportFormat = "csv" | "parquet";

/** Address of all runs that match, as a file with these columns. */
export const exportAddress = (place: Place, format: ExportFormat, asked: RunsAsked) =>
  address(under(place, "runs", "export"), { format, ...runsParameters(asked) });
