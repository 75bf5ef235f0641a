/** One cell of the runs table: a figure, a word, tags, a curve. Drawn again only when what it shows changes. */
import { memo } from "react";
import type { RunRow } from "../../net/shapes";
import { columnFigure, count, delta, duration, exact, figure, plain } from "../../series/format";
import type { Series } from "../../series/frame";
import { cutMiddle } from "../../series/names";
import { asNumber } from "../../series/tagged";
import type { Look } from "../../state/slots";
import { t } from "../../texts";
import { Tag } from "../parts/Controls";
import { ago, dayAndTime } from "../parts/moments";
import { State } from "../parts/RunMarks";
import { valueText } from "../parts/valueText";
import { CurveCell } from "./CurveCell";
import type { TableColumn } from "./columns";
import type { Figures } from "./figures";
import styles from "./table.module.css";

const CHARACTER_PX = 6.6;
/** Characters of the longest figure that the narrowest column of figures has room for. */
const LONG_FIGURE = 9;

/** What values are compared with: the baseline's value, and which way is better. */
export interface Against {
  value: number | null;
  /** The row is the baseline itself. */
  isSelf: boolean;
  goal: "maximize" | "minimize" | null;
}

export interface CellProps {
  row: RunRow;
  column: TableColumn;
  figures: Figures | undefined;
  /** Runs are sorted by this column first: a bar says how far along its range a value lies. */
  sorted: boolean;
  /** The values of this row are still on their way. */
  waiting: boolean;
  baseline: number | null | undefined;
  isBaseline: boolean;
  goal: string | undefined;
  series: Series | null | undefined;
  look: Look | undefined;
}

export const Cell = memo(function Cell(props: CellProps) {
  const { row, column } = props;
  if (column.curve !== undefined) return <CurveCell series={props.series} state={row.state} look={props.look} />;
  switch (column.key) {
    case "state":
      return <State state={row.state} />;
    case "tags":
      return row.tags.length === 0 ? (
        <span className={styles.missing}>{t.table.missing}</span>
      ) : (
        <span className={styles.tags}>
          {row.tags.map((tag) => (
            <Tag key={tag}>{tag}</Tag>
          ))}
        </span>
      );
    case "notes":
      return row.notes ? (
        <span title={row.notes}>{row.notes}</span>
      ) : (
        <span className={styles.missing}>{t.table.missing}</span>
      );
    case "runtime_s":
      return <span>{row.runtime_s === null ? "" : duration(row.runtime_s)}</span>;
    case "last_step":
      return <span>{row.last_step === null || row.last_step < 0 ? "" : count(row.last_step)}</span>;
    case "created_at":
      return <span title={dayAndTime(row.created_at)}>{ago(row.created_at)}</span>;
    case "user":
    case "group":
    case "job_type":
    case "host":
    case "sweep":
      return <span title={row[column.key] ?? undefined}>{row[column.key]}</span>;
    default:
      return <Value {...props} />;
  }
});

function Value({ row, column, figures, sorted, waiting, baseline, isBaseline, goal }: CellProps) {
  const value = row.values?.[column.key];
  if (value === undefined && waiting) return null;
  if (value === undefined || value === null) return <span className={styles.missing}>{t.table.missing}</span>;
  const number = asNumber(value);
  if (number === null) {
    const text = valueText(value);
    return <span title={text}>{cutMiddle(text, Math.max(Math.floor((column.widthPx - 16) / CHARACTER_PX), 8))}</span>;
  }
  const share = figures && figures.max > figures.min ? (number - figures.min) / (figures.max - figures.min) : 0;
  const text = figureText(value, number, column, figures);
  return (
    <>
      {sorted && Number.isFinite(share) && (
        <i className={styles.inBar} style={{ width: `calc(${(share * 100).toFixed(1)}% - 8px)` }} />
      )}
      {isBaseline && sorted && <small className={styles.delta}>{t.table.baselineMark}</small>}
      {!isBaseline && baseline !== null && baseline !== undefined && (
        <Difference value={number - baseline} goal={goal} />
      )}
      <span className={Number.isFinite(number) ? undefined : styles.bad} title={plain(value)}>
        {text}
      </span>
    </>
  );
}

/**
 * A config value is what somebody typed: it is shown exactly, a measured one with its column's digits. One that was
 * drawn at random has more digits than the column has room, and a figure is never cut.
 */
function figureText(value: unknown, number: number, column: TableColumn, figures: Figures | undefined): string {
  const typed = typeof value === "object" ? plain(value) : exact(number);
  if (typeof value === "object" || (column.group === "config" && typed.length <= LONG_FIGURE)) return typed;
  return column.group === "config" ? figure(number, 4) : columnFigure(number, figures?.decimals ?? 4);
}

/** How far a value is from the baseline's; better and worse are said by sign and colour, if anybody said which way. */
export function Difference({ value, goal }: { value: number; goal: string | undefined }) {
  const text = delta(value);
  if (!text) return null;
  const better = goal && value !== 0 ? value > 0 === (goal === "maximize") : undefined;
  return (
    <small
      className={styles.delta}
      data-better={better}
      title={better === undefined ? undefined : t.table.better(better)}
    >
      {text}
    </small>
  );
}
