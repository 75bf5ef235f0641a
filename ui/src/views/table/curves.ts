/** Series of the curve columns, for the rows in view; what was read stays. */
import { useQueries } from "@tanstack/react-query";
import { useRef } from "react";
import type { Place } from "../../net/projects";
import type { Series } from "../../series/frame";
import { seriesQuery } from "../../state/seriesCache";
import { CURVE_WIDTH } from "./CurveCell";
import type { TableColumn } from "./columns";

type Curves = Map<string, Map<string, Series | null>>;
const NONE: Curves = new Map();

/** Gives, for each curve column, the series by run. The same object as long as nothing came. */
export function useCurves(place: Place, columns: TableColumn[], runs: string[]): Curves {
  const drawn = columns.filter((column) => column.curve !== undefined);
  const answers = useQueries({
    queries: drawn.map((column) => ({
      ...seriesQuery({ place, runs, stream: "history", x: "step", range: null, widthPx: CURVE_WIDTH }, column.curve!),
      enabled: runs.length > 0,
    })),
  });
  const kept = useRef<Curves>(NONE);
  let changed = kept.current.size !== drawn.length;
  const next: Curves = new Map();
  drawn.forEach((column, i) => {
    const before = kept.current.get(column.key);
    const data = answers[i]!.data;
    if (!data) {
      next.set(column.key, before ?? new Map());
      return;
    }
    const byRun = new Map(data.series.map((one) => [one.run, one]));
    const fresh = runs.filter((run) => before?.get(run) !== (byRun.get(run) ?? null));
    if (before && fresh.length === 0) {
      next.set(column.key, before);
      return;
    }
    changed = true;
    next.set(column.key, new Map([...(before ?? []), ...fresh.map((run) => [run, byRun.get(run) ?? null] as const)]));
  });
  if (changed) kept.current = next;
  return drawn.length === 0 ? NONE : kept.current;
}
