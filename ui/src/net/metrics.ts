/** Metric keys and series. Panels that ask in the same moment share one request. */
import { decodeFrame, type Series } from "../series/frame";
import { address, getJson, postForBytes } from "./http";
import { type Place, placeKey } from "./projects";
import type { Metric, Stream } from "./shapes";

export interface MetricPage {
  total: number;
  metrics: Metric[];
}

/** Keys listed at most; beyond it the page says so. */
export const METRICS_LISTED = 1000;

/** Lists the keys of a project, or of one run. */
export const metricsQuery = (place: Place, stream: Stream, run?: string) => ({
  queryKey: [...placeKey(place), "metrics", stream, run ?? null],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    getJson<MetricPage>(
      address(["api", "projects", place.entity, place.project, "metrics"], {
        stream,
        runs: run,
        limit: METRICS_LISTED,
      }),
      signal,
    ),
});

/** Whether there is a line of it to draw; text and media have no place on a y axis. */
export const isDrawn = ({ kind }: Metric) => kind === "number" || kind === "mixed";

/** Everything that series of a panel depend on, but its key. */
export interface SeriesAsked {
  place: Place;
  runs: string[];
  stream: Stream;
  x: string;
  range: [number, number] | null;
  widthPx: number | null;
  /** Groups of runs, each drawn as one line, in the place of `runs`. */
  groups?: { id: string; runs: string[] }[];
  aggregate?: string;
  band?: string;
}

export interface SeriesAnswer {
  series: Series[];
  coarsened: boolean;
}

interface Waiting {
  asked: SeriesAsked;
  keys: Map<string, { resolve(answer: SeriesAnswer): void; reject(error: unknown): void }[]>;
}

const waiting = new Map<string, Waiting>();

/** Keys sent in one request; more would keep the first chart waiting for the last. */
const KEYS_A_REQUEST = 12;

/**
 * Asks for the series of one key over several runs. Questions of the same moment that differ in the key alone travel
 * together.
 */
export function fetchSeries(asked: SeriesAsked, key: string): Promise<SeriesAnswer> {
  const { place, runs, stream, x, range, widthPx, groups, aggregate, band } = asked;
  const identity = JSON.stringify([
    place.entity,
    place.project,
    runs,
    stream,
    x,
    range,
    widthPx,
    groups,
    aggregate,
    band,
  ]);
  return new Promise((resolve, reject) => {
    let batch = waiting.get(identity);
    if (!batch) {
      batch = { asked, keys: new Map() };
      waiting.set(identity, batch);
      // After the panels that mount in this commit had their turn.
      setTimeout(() => void send(identity), 0);
    }
    const askers = batch.keys.get(key) ?? [];
    askers.push({ resolve, reject });
    batch.keys.set(key, askers);
  });
}

async function send(identity: string): Promise<void> {
  const batch = waiting.get(identity);
  if (!batch) return;
  waiting.delete(identity);
  const { place, runs, stream, x, range, widthPx, groups, aggregate, band } = batch.asked;
  const grouped = groups ? { groups, aggregate, band } : {};
  const keys = [...batch.keys.keys()];
  for (let at = 0; at < keys.length; at += KEYS_A_REQUEST) {
    const some = keys.slice(at, at + KEYS_A_REQUEST);
    try {
      const path = address(["api", "projects", place.entity, place.project, "series"]);
      const bytes = await postForBytes(path, { runs, keys: some, stream, x, range, width: widthPx, ...grouped });
      const frame = decodeFrame(bytes);
      for (const key of some) {
        const series = frame.series.filter((one) => one.key === key);
        for (const asker of batch.keys.get(key)!) asker.resolve({ series, coarsened: frame.coarsened });
      }
    } catch (error) {
      for (const key of some) for (const asker of batch.keys.get(key)!) asker.reject(error);
    }
  }
}
