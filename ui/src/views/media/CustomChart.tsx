/** A custom chart of one or several runs: their tables, drawn as the chart's specification says. */
import { useQueries } from "@tanstack/react-query";
import { useMemo, useRef } from "react";
import { tableRowsQuery } from "../../net/tables";
import { askedAddress, drawable } from "../../series/chartSpec";
import { chartRows, tablePaths } from "../../series/loggedTable";
import { t } from "../../texts";
import { useRested, useShade, useSize } from "../parts/hooks";
import styles from "./charts.module.css";
import type { ChartProps } from "./kinds";
import { Missing, Waiting } from "./Missing";
import VegaView from "./VegaView";

/** Rows drawn in one chart, of all runs; a canvas with more marks answers slowly. */
const MOST_ROWS = 20_000;

export default function CustomChart({ place, name, charts }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(box);
  const size = useRested(`${width}x${height}`, 150);
  const shade = useShade();
  const drawn = charts.filter(({ chart }) => chart.spec !== null && chart.table !== null);
  const tables = useQueries({
    queries: drawn.map(({ run, chart }) =>
      tableRowsQuery(place, run, tablePaths(chart.table!.value), Math.floor(MOST_ROWS / drawn.length)),
    ),
  });
  // Runs of one chart may bring specifications of their own; the newest one's is drawn, with the rows of all.
  const spec = drawn[0]?.chart.spec ?? null;
  const ready = tables.length > 0 && tables.every((one) => one.data || one.error);
  const identity = tables.map((one) => one.dataUpdatedAt).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the identity stands for the tables, the shade for the colours.
  const made = useMemo(() => {
    if (!spec || !ready || width < 2 || height < 2) return null;
    const style = getComputedStyle(document.documentElement);
    // Runs of one name would be one line.
    const names = drawn.map(({ runName, run }) =>
      drawn.filter((other) => other.runName === runName).length > 1 ? `${runName} ${run}` : runName,
    );
    const runs = drawn.map(({ look }, i) => ({
      name: names[i]!,
      colour: style.getPropertyValue(`--run-${look.hue}`).trim(),
    }));
    const rows = tables.flatMap(({ data }, i) =>
      data
        ? chartRows(
            data.columns.map((column) => column.name),
            data.rows,
            names[i]!,
          )
        : [],
    );
    return {
      spec: drawable(spec, rows, runs, { width, height }),
      rows: rows.length,
      total: tables.reduce((sum, { data }) => sum + (data?.total ?? 0), 0),
      colour: runs.length === 1 ? runs[0]!.colour : undefined,
    };
  }, [spec, ready, identity, size, shade, charts]);

  const error = tables.find((one) => one.error && !one.data)?.error;
  const note =
    charts.length === 0
      ? t.mediaViews.none
      : drawn.length === 0
        ? charts[0]!.chart.spec === null
          ? t.charts.unknown(charts[0]!.chart.chart)
          : t.charts.noTable
        : spec && askedAddress(spec) !== null
          ? t.charts.failed(t.charts.noLoading)
          : error
            ? t.loggedTable.failed(error.message)
            : null;
  return (
    <div className={styles.chart}>
      <div ref={box} className={styles.box}>
        {note !== null ? (
          <Missing>{note}</Missing>
        ) : made ? (
          <VegaView spec={made.spec} label={name} colour={made.colour} />
        ) : (
          <Waiting />
        )}
      </div>
      {note === null && made && made.rows < made.total && (
        <p className={styles.note}>{t.charts.cut(made.rows, made.total)}</p>
      )}
    </div>
  );
}
