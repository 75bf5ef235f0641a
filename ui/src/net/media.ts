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
  queryFn: () =>
    together(JSON.stringify(["steps", place, runs]), key, async (keys) => {
      const { series } = await sendJson<{ series: { run: string; key: string; steps: number[] }[] }>(
        "POST",
        address(under(place, "media", "steps")),
        { runs, keys },
      );
      const found = new Map(keys.map((one) => [one, new Map<string, number[]>()]));
      for (const { run, key: of, steps } of series) found.get(of)?.set(run, steps);
      return found;
    }) as Promise<Map<string, number[]>>,
});

/** One run's value at a step that it has. What was logged stays as it is, but for files that are still to come. */
export const mediaValueQuery = (place: Place, run: string, key: string, step: number | null) => ({
  queryKey: [...placeKey(place), "media-value", run, key, step],
  queryFn: () =>
    together(JSON.stringify(["values", place, key, step]), run, async (runs) => {
      const { values } = await sendJson<{ values: MediaValue[] }>("POST", address(under(place, "media", "values")), {
        runs,
        keys: [key],
        at: step,
      });
      return new Map(runs.map((one) => [one, values.find((value) => value.run === one) ?? null]));
    }) as Promise<MediaValue | null>,
  enabled: step !== null,
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: 120_000,
  // A file that is on its way is looked for, often at first.
  refetchInterval: (query: { state: { data?: MediaValue | null; dataUpdateCount: number } }) =>
    Object.values(query.state.data?.files ?? {}).includes(null)
      ? query.state.dataUpdateCount < 10
        ? 2000
        : 30_000
      : (false as const),
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

/** What one request may ask for at once, runs or keys. */
const ASKED_AT_ONCE = 100;

interface Asker {
  resolve(answer: unknown): void;
  reject(error: unknown): void;
}

const waiting = new Map<string, Map<string, Asker[]>>();

/** Questions of the same moment that differ in one thing alone travel together. */
function together(identity: string, item: string, ask: (items: string[]) => Promise<Map<string, unknown>>) {
  return new Promise<unknown>((resolve, reject) => {
    let askers = waiting.get(identity);
    if (!askers) {
      askers = new Map();
      waiting.set(identity, askers);
      // After the panels that mount in this commit had their turn.
      setTimeout(async () => {
        const all = waiting.get(identity)!;
        waiting.delete(identity);
        const items = [...all.keys()];
        for (let at = 0; at < items.length; at += ASKED_AT_ONCE) {
          const some = items.slice(at, at + ASKED_AT_ONCE);
          try {
            const answers = await ask(some);
            for (const one of some) for (const asker of all.get(one)!) asker.resolve(answers.get(one));
          } catch (error) {
            for (const one of some) for (const asker of all.get(one)!) asker.reject(error);
          }
        }
      }, 0);
    }
    askers.set(item, [...(askers.get(item) ?? []), { resolve, reject }]);
  });
}
