/** Media of runs: their keys, the steps a slider goes through, and the values with the addresses of their files. */
import type { Json } from "../series/tagged";
import { address, getJson, sendJson } from "./http";
import { type Place, placeKey } from "./projects";

/** A key under which runs logged media, and how many runs have which type. */
export interface MediaKey {
  key: string;
  types: Record<string, number>;
  runs: number;
  points: number;
}

export interface MediaFile {
  /** Names the bytes, so what it gives never changes. */
  address: string;
  size_bytes: number;
  media_type: string;
}

/** By path; null: the value names it, and it isn't here. */
export type MediaFiles = Record<string, MediaFile | null>;

/** Names of classes: by name of the mask or box group, by class. */
export type ClassLabels = Partial<Record<"masks" | "boxes", Record<string, Record<string, Json>>>>;

export interface MediaValue {
  run: string;
  key: string;
  step: number;
  /** As it was logged, with its `_type`. */
  value: { [key: string]: Json };
  files: MediaFiles;
  labels?: ClassLabels;
}

/** A chart that a run drew with a specification of Vega or Vega-Lite. */
export interface RunChart {
  key: string;
  chart: string;
  kind: string;
  title: string;
  table_key: string;
  fields: Record<string, string>;
  strings: Record<string, string>;
  /** Filled in; null if nobody knows the specification. */
  spec: { [key: string]: Json } | null;
  /** The newest table behind it. */
  table: Pick<MediaValue, "value" | "files" | "labels"> | null;
}

type Asked = { signal: AbortSignal };
const under = ({ entity, project }: Place, ...rest: string[]) => ["api", "projects", entity, project, ...rest];

/** Runs of which media are asked at once; the server gives no more. */
export const MEDIA_RUNS = 100;

export const mediaKeysQuery = (place: Place, runs: string[]) => ({
  queryKey: [...placeKey(place), "media-keys", runs],
  queryFn: async ({ signal }: Asked) =>
    runs.length === 0
      ? []
      : (await getJson<{ keys: MediaKey[] }>(address(under(place, "media"), { runs: runs.join(",") }), signal)).keys,
});

/** Steps of one key by run. */
export const mediaStepsQuery = (place: Place, runs: string[], key: string) => ({
  queryKey: [...placeKey(place), "media-steps", runs, key],
  queryFn: async () => {
    const path = address(under(place, "media", "steps"));
    const answer = await sendJson<{ series: { run: string; steps: number[] }[] }>("POST", path, { runs, keys: [key] });
    return new Map(answer.series.map(({ run, steps }) => [run, steps]));
  },
});

/** One run's value at a step that it has. What was logged stays as it is, but for files that are still to come. */
export const mediaValueQuery = (place: Place, run: string, key: string, step: number | null) => ({
  queryKey: [...placeKey(place), "media-value", run, key, step],
  queryFn: () => fetchValue(place, run, key, step!),
  enabled: step !== null,
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: 120_000,
});

/** Up to `limit` of one run's values of a key, evenly over its steps. */
export const mediaRangeQuery = (place: Place, run: string, key: string, from: number, to: number, limit: number) => ({
  queryKey: [...placeKey(place), "media-range", run, key, from, to, limit],
  queryFn: () =>
    sendJson<{ values: MediaValue[]; thinned: boolean }>("POST", address(under(place, "media", "values")), {
      runs: [run],
      keys: [key],
      range: [from, to],
      limit,
    }),
  enabled: to >= from,
});

export const runChartsQuery = (place: Place, run: string) => ({
  queryKey: [...placeKey(place), "run-charts", run],
  queryFn: async ({ signal }: Asked) =>
    (await getJson<{ charts: RunChart[] }>(address(under(place, "runs", run, "charts")), signal)).charts,
});

interface Waiting {
  place: Place;
  key: string;
  step: number;
  runs: Map<string, { resolve(value: MediaValue | null): void; reject(error: unknown): void }[]>;
}

const waiting = new Map<string, Waiting>();

/** Runs that stand side by side ask for the same step in the same moment: one request. */
function fetchValue(place: Place, run: string, key: string, step: number): Promise<MediaValue | null> {
  const identity = JSON.stringify([place.entity, place.project, key, step]);
  return new Promise((resolve, reject) => {
    let batch = waiting.get(identity);
    if (!batch) {
      batch = { place, key, step, runs: new Map() };
      waiting.set(identity, batch);
      setTimeout(() => void send(identity), 0);
    }
    batch.runs.set(run, [...(batch.runs.get(run) ?? []), { resolve, reject }]);
  });
}

async function send(identity: string): Promise<void> {
  const batch = waiting.get(identity);
  if (!batch) return;
  waiting.delete(identity);
  const runs = [...batch.runs.keys()];
  for (let at = 0; at < runs.length; at += MEDIA_RUNS) {
    const some = runs.slice(at, at + MEDIA_RUNS);
    try {
      const path = address(under(batch.place, "media", "values"));
      const { values } = await sendJson<{ values: MediaValue[] }>("POST", path, {
        runs: some,
        keys: [batch.key],
        at: batch.step,
      });
      for (const run of some) {
        const value = values.find((one) => one.run === run) ?? null;
        for (const asker of batch.runs.get(run)!) asker.resolve(value);
      }
    } catch (error) {
      for (const run of some) for (const asker of batch.runs.get(run)!) asker.reject(error);
    }
  }
}
