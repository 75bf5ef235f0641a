/** Media and custom charts of the drawn runs, by key: what their panels show, and which panels there are. */
import { keepPreviousData, useQueries, useQuery } from "@tanstack/react-query";
import { createContext, useContext, useMemo } from "react";
import { MEDIA_RUNS, type MediaKey, mediaKeysQuery, type RunChart, runChartsQuery } from "../../net/media";
import type { Place } from "../../net/projects";
import type { Metric } from "../../net/shapes";
import type { Look } from "../../state/slots";
import type { DrawnRun } from "./runs";

/** Runs whose custom charts are asked for: each is a request. */
const CHART_RUNS = 20;

/** How the table behind a custom chart is called, as long as nobody has said what is behind which. */
const BEHIND = /_table$/;

/** A chart that a run drew of a table. */
export interface DrawnChart {
  run: string;
  runName: string;
  look: Look;
  chart: RunChart;
}

/** What a key's panel takes of the grid, in columns and rows. */
export interface MediaSize {
  key: string;
  wide: number;
  tall: number;
}

/** Of several runs, values stand side by side in a row of the grid. */
const SIDE_BY_SIDE = { wide: 3, tall: 2 };
const CHART = { wide: 1, tall: 2 };
/** Types of which one value alone is content with the room of a line chart. */
const SMALL = /^(image|images|histogram|audio|video)/;

/** Types that are a line high, however many stand side by side. */
const FLAT = /^audio/;

export interface GridMedia {
  /** Keys that have a panel each. */
  keys: MediaSize[];
  /** What the drawn runs have of them. */
  media: ReadonlyMap<string, MediaKey>;
  charts: ReadonlyMap<string, DrawnChart[]>;
  /** Runs that media are asked of. */
  drawn: DrawnRun[];
}

const NONE: readonly MediaKey[] = [];
const Media = createContext<GridMedia>({ keys: [], media: new Map(), charts: new Map(), drawn: [] });
export const GridMediaProvider = Media.Provider;
export const useGridMediaHere = (): GridMedia => useContext(Media);

/** Finds the media of the drawn runs; asks for nothing where the project logged none. */
export function useGridMedia(place: Place, all: DrawnRun[], logged: Metric[], enabled: boolean): GridMedia {
  const drawn = useMemo(() => all.slice(0, MEDIA_RUNS), [all]);
  const ids = useMemo(() => drawn.map(({ row }) => row.id), [drawn]);
  const some = enabled && logged.some(({ kind }) => kind === "media" || kind === "mixed");
  const answer = useQuery({
    ...mediaKeysQuery(place, ids),
    enabled: some && ids.length > 0,
    placeholderData: keepPreviousData,
  });
  const found = (some && answer.data) || NONE;
  const { charts, settled } = useCharts(place, drawn, found);
  return useMemo(() => {
    const media = new Map(found.map((one) => [one.key, one]));
    const behind = new Set([...charts.values()].flatMap((of) => of.map(({ chart }) => chart.table_key)));
    // A metric's panel is there before anything of it was read: nothing moves when it is.
    const named = some ? logged.filter(({ kind }) => kind === "media").map(({ key }) => key) : [];
    const isBehind = (key: string) => behind.has(key) || (!settled && BEHIND.test(key));
    const keys = [...new Set([...named, ...media.keys()])].filter((key) => !isBehind(key));
    const sized = (key: string): MediaSize => {
      if (charts.has(key)) return { key, ...CHART };
      const types = Object.keys(media.get(key)?.types ?? {});
      const isFlat = types.length > 0 && types.every((type) => FLAT.test(type));
      if (drawn.length > 1) return { key, ...SIDE_BY_SIDE, ...(isFlat && { tall: 1 }) };
      return { key, wide: 1, tall: types.every((type) => SMALL.test(type)) ? 1 : 2 };
    };
    return { keys: [...new Set([...keys, ...charts.keys()])].map(sized), media, charts, drawn };
  }, [found, charts, settled, some, logged, drawn]);
}

/** Custom charts of the drawn runs; their tables say that there may be some. */
function useCharts(place: Place, drawn: DrawnRun[], media: readonly MediaKey[]) {
  const asked = media.some(({ types }) => Object.keys(types).some((type) => type.includes("table")));
  const some = asked ? drawn.slice(0, CHART_RUNS) : [];
  const answers = useQueries({ queries: some.map(({ row }) => runChartsQuery(place, row.id)) });
  const all = answers.map(({ data }) => data);
  const known = JSON.stringify(answers.map(({ dataUpdatedAt }) => dataUpdatedAt));
  const settled = media.length > 0 && answers.every(({ isPending }) => !isPending);
  // biome-ignore lint/correctness/useExhaustiveDependencies: answers are new when they were read at another time.
  const charts = useMemo(() => {
    const found = new Map<string, DrawnChart[]>();
    some.forEach(({ row, look }, i) => {
      for (const chart of all[i] ?? []) {
        const one = { run: row.id, runName: row.name, look, chart };
        found.set(chart.key, [...(found.get(chart.key) ?? []), one]);
      }
    });
    return found;
  }, [known, drawn, asked]);
  return { charts, settled };
}
