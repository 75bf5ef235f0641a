/**
 * Keeps series by run, so that drawing one more run fetches one run, and a live point refetches one run.
 */
import { fetchSeries, type SeriesAnswer, type SeriesAsked } from "../net/metrics";
import { placeKey } from "../net/projects";
import type { Series } from "../series/frame";

/** Panels whose series are kept; the ones longest unused go first. */
const KEPT_PANELS = 300;

interface Kept {
  entity: string;
  project: string;
  /** null: asked for, and the run has no such series. */
  runs: Map<string, Series | null>;
  coarsened: boolean;
}

const panels = new Map<string, Kept>();

function panelOf(asked: SeriesAsked, key: string): Kept {
  const { place, stream, x, range, widthPx } = asked;
  const identity = JSON.stringify([place.entity, place.project, stream, x, range, widthPx, key]);
  const kept = panels.get(identity) ?? {
    entity: place.entity,
    project: place.project,
    runs: new Map<string, Series | null>(),
    coarsened: false,
  };
  panels.delete(identity);
  panels.set(identity, kept);
  if (panels.size > KEPT_PANELS) panels.delete(panels.keys().next().value!);
  return kept;
}

/** Gives the series of a panel over its runs; only runs not yet known, or heard from since, are asked for. */
export async function panelSeries(asked: SeriesAsked, key: string): Promise<SeriesAnswer> {
  const kept = panelOf(asked, key);
  const missing = asked.runs.filter((run) => !kept.runs.has(run));
  if (missing.length > 0) {
    const answer = await fetchSeries({ ...asked, runs: missing }, key);
    const byRun = new Map(answer.series.map((series) => [series.run, series]));
    for (const run of missing) kept.runs.set(run, byRun.get(run) ?? null);
    kept.coarsened ||= answer.coarsened;
  }
  const series = asked.runs.map((run) => kept.runs.get(run)).filter((one): one is Series => one != null);
  return { series, coarsened: kept.coarsened };
}

/** Forgets a run's series, because there is something new; without a run, everything. */
export function forgetSeries(entity?: string, project?: string, run?: string): void {
  if (run === undefined) {
    panels.clear();
    return;
  }
  for (const kept of panels.values()) if (kept.entity === entity && kept.project === project) kept.runs.delete(run);
}

/** Query of one panel's groups: a point of one run changes its group's line, so nothing is kept run by run. */
export const groupSeriesQuery = (asked: SeriesAsked, key: string) => ({
  queryKey: [...placeKey(asked.place), "series", asked, key],
  queryFn: async (): Promise<SeriesAnswer> => {
    const { series, coarsened } = await fetchSeries(asked, key);
    return { series: series.map((one) => ({ ...one, run: one.group?.id ?? one.run })), coarsened };
  },
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: 60_000,
});

/** Query of one panel's series. */
export const seriesQuery = (asked: SeriesAsked, key: string) => ({
  queryKey: [
    ...placeKey(asked.place),
    "series",
    { runs: asked.runs, stream: asked.stream, x: asked.x, range: asked.range, widthPx: asked.widthPx },
    key,
  ],
  queryFn: () => panelSeries(asked, key),
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: 60_000,
});
