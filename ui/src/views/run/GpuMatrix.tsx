/** The GPUs of a run: one row each, its curves and what they are now, or were under the cursor. */
import { useMemo } from "react";
import { useStore } from "zustand";
import type { Place } from "../../net/projects";
import type { Metric, Run } from "../../net/shapes";
import { columnDecimals, columnFigure } from "../../series/format";
import type { Series } from "../../series/frame";
import { valueAt } from "../../series/join";
import { lineOf } from "../../series/line";
import { sparkPath } from "../../series/spark";
import { gpuRows, type SystemMetric } from "../../series/systemMetrics";
import { baseAxis } from "../../state/axes";
import { pointerStore } from "../../state/pointer";
import { t } from "../../texts";
import { systemText } from "../../texts/ofRun";
import { useView } from "../parts/hooks";
import { usePanelSeries } from "../workspace/panelSeries";
import styles from "./gpu.module.css";
import { systemTitle } from "./systemPanels";

/** GPUs whose curves are read; beyond it, the caption says so. */
const MAX_ROWS = 64;
const CURVE_PX = 96;
const CURVE_TALL_PX = 20;

export function GpuMatrix({ place, run, metrics }: { place: Place; run: Run; metrics: Metric[] }) {
  const { columns, rows } = useMemo(() => gpuRows(metrics.map(({ key }) => key)), [metrics]);
  const shown = useMemo(() => rows.slice(0, MAX_ROWS), [rows]);
  const viewX = useView((view) => view.x);
  const x = baseAxis("system", { x: viewX });
  const keys = useMemo(
    () => shown.flatMap((row) => row.metrics.flatMap((metric) => (metric ? [metric.key] : []))),
    [shown],
  );
  const asked = useMemo(
    () => ({ place, runs: [run.id], stream: "system" as const, x, range: null, widthPx: 100 }),
    [place, run.id, x],
  );
  const { series } = usePanelSeries(asked, keys, keys.length > 0);
  const byKey = useMemo(() => new Map(series.map((one) => [one.key, one])), [series]);
  const at = useStore(pointerStore, (pointer) => (pointer.axis === x ? pointer.x : null));
  // Curves of a column share one axis, so that a GPU that idles looks as it does.
  const most = useMemo(
    () =>
      columns.map(({ unit }, column) => {
        if (unit === "%") return 100;
        const all = shown.map((row) => row.metrics[column] && byKey.get(row.metrics[column].key));
        return Math.max(0, ...all.map((one) => (one ? highest(one) : 0)));
      }),
    [columns, shown, byKey],
  );
  if (rows.length === 0) return null;
  const hosts = shown.some(({ writer }) => writer);
  const values = shown.map((row) =>
    row.metrics.map((metric) => metric && valueUnder(metric, byKey.get(metric.key), at)),
  );
  const decimals = columns.map((_, column) =>
    Math.min(columnDecimals(values.flatMap((row) => (row[column] === undefined ? [] : [row[column]]))), 1),
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <section className={styles.box} aria-label={systemText.gpus} tabIndex={0}>
      <table className={styles.matrix}>
        <thead>
          <tr>
            <th scope="col">{systemText.gpusOf(shown.length, rows.length)}</th>
            {columns.map((column) => (
              <th key={column.family} scope="col">
                {systemTitle(column)}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map((row, r) => (
            <tr key={`${row.writer}/${row.gpu}`}>
              <th scope="row">
                {systemText.gpu(row.gpu)}
                {hosts && <small title={row.writer}>{row.writer}</small>}
              </th>
              {row.metrics.map((metric, column) => (
                <td key={columns[column]!.family}>
                  {metric && <Curve series={byKey.get(metric.key)} most={most[column]!} />}
                  <span>
                    {values[r]![column] === undefined
                      ? t.table.missing
                      : columnFigure(values[r]![column]!, decimals[column]!)}
                  </span>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Curve({ series, most }: { series: Series | undefined; most: number }) {
  const spark = useMemo(() => (series ? sparkPath(series, CURVE_PX, CURVE_TALL_PX - 4, most) : null), [series, most]);
  return (
    <svg className={styles.curve} width={CURVE_PX} height={CURVE_TALL_PX} aria-hidden="true">
      {spark && <path d={spark.path} transform="translate(0 2)" />}
    </svg>
  );
}

/** Gives the value under the cursor, or the last one. */
function valueUnder({ scale }: SystemMetric, series: Series | undefined, at: number | null): number | undefined {
  if (!series || series.x.length === 0) return undefined;
  const line = lineOf(series, { smooth: 0 }, 0);
  const span = line.x[line.x.length - 1]! - line.x[0]!;
  const value = at === null ? line.y[line.y.length - 1]! : valueAt(line, at, span / 50)?.y;
  return value === undefined ? undefined : value * scale;
}

function highest(series: Series): number {
  const values = series.bucketed ? series.max : series.y;
  let most = 0;
  for (let i = 0; i < values.length; i++) if (Number.isFinite(values[i]!)) most = Math.max(most, values[i]!);
  return most;
}
