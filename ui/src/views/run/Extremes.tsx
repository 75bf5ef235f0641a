/** The best, least or greatest value of each metric, and the step that it was logged at. */
import { useQueries, useQuery } from "@tanstack/react-query";
import { fetchSeries, isDrawn, metricsQuery } from "../../net/metrics";
import { type Place, placeKey } from "../../net/projects";
import type { Metric, Run } from "../../net/shapes";
import { bestOf, type Extreme, extremeOf } from "../../series/extremes";
import { count, figure } from "../../series/format";
import { cutMiddle } from "../../series/names";
import { asNumber } from "../../series/tagged";
import { t } from "../../texts";
import { Delta } from "./Differences";
import styles from "./values.module.css";

/** Metrics whose steps are looked up; the search finds the others. */
const LISTED = 60;
/** Columns that a metric is read in first; the column with the value is then read point by point. */
const READ_PX = 1000;

type Which = "last" | "min" | "max";

async function stepOf(place: Place, run: string, key: string, which: Which): Promise<number | null> {
  const asked = { place, runs: [run], stream: "history" as const, x: "step" };
  const coarse = (await fetchSeries({ ...asked, range: null, widthPx: READ_PX }, key)).series[0];
  const found = coarse && extremeOf(coarse, which);
  if (!found || found.from === found.x) return found?.x ?? null;
  const fine = (await fetchSeries({ ...asked, range: [found.from, found.x], widthPx: null }, key)).series[0];
  return (fine && extremeOf(fine, which))?.x ?? null;
}

export function Extremes({
  place,
  run,
  baseline,
  which,
  goals,
  find,
}: {
  place: Place;
  run: Run;
  baseline: Run | null;
  which: Exclude<Extreme, "last">;
  goals: Map<string, string>;
  find: string;
}) {
  const listed = useQuery(metricsQuery(place, "history", run.id));
  const theirs = useQuery({ ...metricsQuery(place, "history", baseline?.id), enabled: baseline !== null });
  const wanted = find.trim().toLowerCase();
  const found = (listed.data?.metrics ?? []).filter(
    (metric) => isDrawn(metric) && !metric.key.startsWith("_") && metric.key.toLowerCase().includes(wanted),
  );
  const shown = found.slice(0, LISTED);
  const kinds = shown.map((metric): Which => (which === "best" ? bestOf(metric) : which));
  const steps = useQueries({
    queries: shown.map(({ key, points }, i) => ({
      // New points are another question.
      queryKey: [...placeKey(place), "extreme", run.id, key, kinds[i], points],
      queryFn: () => stepOf(place, run.id, key, kinds[i]!),
      staleTime: Number.POSITIVE_INFINITY,
    })),
  });
  if (!listed.isSuccess) return null;
  if (shown.length === 0) return <p className={styles.none}>{wanted ? t.run.noMatch : t.run.ofSummary.none}</p>;
  const valueFor = (metric: Metric | undefined, kind: Which, of: Run): number | null =>
    !metric ? null : kind === "last" ? asNumber(lastOf(of, metric.key)) : asNumber(metric[kind]);
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <div className={styles.box} tabIndex={0} role="group" aria-label={t.run.extremes[which]}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t.run.ofSummary.key}</th>
            <th scope="col">{t.run.atStepHead}</th>
            <th scope="col">{t.run.extremes[which]}</th>
            {baseline && <th scope="col">{t.run.delta}</th>}
          </tr>
        </thead>
        <tbody>
          {shown.map((metric, i) => {
            const value = valueFor(metric, kinds[i]!, run);
            const other = theirs.data?.metrics.find(({ key }) => key === metric.key);
            const step = steps[i]?.data;
            return (
              <tr key={metric.key}>
                <th scope="row" title={metric.key}>
                  {cutMiddle(metric.key, 32, 14)}
                  {which === "best" && (
                    <small> {metric.goal ? (kinds[i] === "max" ? "↑" : "↓") : t.run.kinds[kinds[i]!]}</small>
                  )}
                </th>
                <td data-faint="true">{step == null ? "" : count(step)}</td>
                <td>{value === null ? t.table.missing : figure(value)}</td>
                {baseline && (
                  <Delta mine={value} theirs={valueFor(other, kinds[i]!, baseline)} name={metric.key} goals={goals} />
                )}
              </tr>
            );
          })}
        </tbody>
      </table>
      {found.length > shown.length && <p className={styles.none}>{t.run.keysOf(shown.length, found.length)}</p>}
    </div>
  );
}

/** The last value of a metric; its summary may keep others beside it. */
function lastOf({ summary }: Run, key: string): unknown {
  const value = summary[key];
  if (asNumber(value) !== null) return value;
  const path = key.split(/[./]/).length > 1 ? key.split(".") : [key];
  let at: unknown = summary;
  for (const part of path)
    at = typeof at === "object" && at !== null ? (at as Record<string, unknown>)[part] : undefined;
  if (asNumber(at) !== null) return at;
  return typeof at === "object" && at !== null ? (at as Record<string, unknown>).last : undefined;
}
