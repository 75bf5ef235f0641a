/** A metric's curve in a cell: 84 × 18, in the run's colour; its end says whether the run is live or failed. */
import { memo } from "react";
import type { RunState } from "../../net/shapes";
import type { Series } from "../../series/frame";
import { sparkPath } from "../../series/spark";
import type { Look } from "../../state/slots";
import { t } from "../../texts";
import styles from "./table.module.css";

export const CURVE_WIDTH = 84;
const HEIGHT = 18;

export const CurveCell = memo(function CurveCell({
  series,
  state,
  look,
}: {
  /** null: the run has none; undefined: on its way. */
  series: Series | null | undefined;
  state: RunState;
  look: Look | undefined;
}) {
  if (series === undefined) return null;
  const spark = series && sparkPath(series, CURVE_WIDTH - 8, HEIGHT - 4);
  if (!spark) return <span className={styles.missing}>{t.table.missing}</span>;
  const colour = look ? `var(--run-${look.hue})` : "var(--faint)";
  const [x, y] = spark.end;
  return (
    <svg
      className={styles.curve}
      width={CURVE_WIDTH}
      height={HEIGHT}
      role="img"
      aria-label={t.table.curveOf(series.key, spark.first, spark.last)}
      style={{ color: colour }}
    >
      <g transform="translate(2 2)">
        <path d={spark.path} fill="none" stroke="currentColor" strokeWidth={1.25} strokeLinejoin="round" />
        {state === "running" && <circle cx={x} cy={y} r={2.2} fill="currentColor" />}
        {state === "failed" && <path d={`M${x - 2} ${y - 2}l4 4m0-4l-4 4`} className={styles.curveFailed} />}
      </g>
    </svg>
  );
});
