/** Columns of values for panels that show a point, a bar or a line for each run. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { columnsQuery, type Place } from "../../net/projects";
import { type RunTable, runValuesQuery } from "../../net/runValues";
import { byName } from "../../series/names";
import { useRested, useView } from "../parts/hooks";

/** Keys of a run itself that a panel may show. */
const RUN_KEYS = ["runtime_s", "last_step", "created_at", "state", "group", "user", "job_type"];

/** What the list is narrowed to, as its charts are. */
export function useNarrowed(): { filter: string; q: string } {
  const q = useRested(
    useView((view) => view.q),
    200,
  );
  const filter = useRested(
    useView((view) => view.filter),
    250,
  );
  return useMemo(() => ({ filter, q }), [filter, q]);
}

/** Reads columns of all runs that match. */
export function useRunTable(place: Place, keys: string[], enabled: boolean) {
  const narrowed = useNarrowed();
  const columns = useMemo(() => [...new Set(keys.filter(Boolean))], [keys]);
  return useQuery({
    ...runValuesQuery(place, narrowed, columns),
    enabled: enabled && columns.length > 0,
    placeholderData: keepPreviousData,
  });
}

export const columnOf = (table: RunTable | undefined, key: string) => table?.columns[key] ?? [];

/** Keys to choose from: summary first where results are wanted, config first where parameters are. */
export function useKeyChoices(place: Place, first: "summary" | "config"): string[] {
  const columns = useQuery(columnsQuery(place)).data;
  return useMemo(() => {
    const keys = (columns ?? []).map(({ key }) => key);
    const wanted = keys.filter((key) => key.startsWith(first)).sort(byName);
    const others = keys.filter((key) => !key.startsWith(first)).sort(byName);
    return [...wanted, ...others, ...RUN_KEYS.filter((key) => !keys.includes(key))];
  }, [columns, first]);
}

/** The keys that a new panel shows before anybody chose: what differs, config against the first number of the summary. */
export function useFirstKeys(place: Place): { config: string[]; summary: string | null } {
  const columns = useQuery(columnsQuery(place)).data;
  return useMemo(() => {
    const numbers = (columns ?? []).filter(({ types }) => (types.number ?? 0) > 0);
    const summary = numbers.filter(({ key }) => key.startsWith("summary.") && !/\._|\bstep\b|epoch/.test(key));
    const differing = (columns ?? []).filter(({ key, differs }) => key.startsWith("config.") && differs);
    const best = summary.find(({ key }) => /acc|score|f1|auc|reward/i.test(key)) ?? summary[0];
    return { config: differing.map(({ key }) => key).slice(0, 5), summary: best?.key ?? null };
  }, [columns]);
}

export const textOption = (value: unknown): string => (typeof value === "string" ? value : "");
export const listOption = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === "string") : [];
