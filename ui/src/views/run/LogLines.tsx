/** The lines of a log that are in its window, laid out up and down from the point that is scrolled to; wrapped or not. */
import { type RefObject, useLayoutEffect, useRef, useState } from "react";
import { LINES_A_PAGE } from "../../net/console";
import type { ConsoleLine } from "../../net/shapes";
import { readAnsi } from "../../series/ansi";
import { type LineSpans, lineAt } from "../../series/lineSpans";
import { LINE_PX, type LogWindow, rowsOf } from "../../series/logWindow";
import { Line, type LogLook } from "./LogLine";
import styles from "./logs.module.css";

export function LogLines({
  seen,
  tall,
  height,
  order,
  lines,
  columns,
  look,
}: {
  seen: LogWindow;
  tall: number;
  height: number;
  order: LineSpans;
  lines: ReadonlyMap<number, ConsoleLine>;
  /** Characters of a row of wrapped text; null: lines are not wrapped. */
  columns: number | null;
  look: LogLook;
}) {
  const { from, to, anchor, part, anchorPx } = seen;
  const line = (place: number) => {
    const n = lineAt(order, place);
    return <Line key={n} n={n} line={lines.get(n)} look={look} />;
  };
  const shown = Math.min(height, tall);
  const above = part * rowsOfLine(lines.get(lineAt(order, anchor)), columns) * LINE_PX;
  return (
    <div style={{ height: tall }}>
      <div className={styles.logWindow} style={{ height: shown }} data-wrapped={columns !== null}>
        <div className={styles.logAbove} style={{ bottom: shown - anchorPx + above }}>
          {places(from, anchor).map(line)}
        </div>
        <div className={styles.logBelow} style={{ top: anchorPx - above }}>
          {places(anchor, to).map(line)}
        </div>
      </div>
    </div>
  );
}

const places = (from: number, to: number) => Array.from({ length: Math.max(to - from, 0) }, (_, i) => from + i);

/** Rows of a line, as long as its characters are as wide as a digit. */
function rowsOfLine(line: ConsoleLine | undefined, columns: number | null): number {
  if (!line || columns === null) return 1;
  return rowsOf(
    readAnsi(line.text).reduce((sum, piece) => sum + piece.text.length, 0),
    columns,
  );
}

/** What of the window's width is left for text, in px beside the columns before it: number, time, writer, stream. */
const BESIDE_PX = { number: 72, time: 104, writer: 96, stream: 36 };

/** Counts the characters that a row of wrapped text has. */
export function useColumns(scroller: RefObject<HTMLElement | null>, width: number, timed: boolean, labelled: boolean) {
  const [digitPx, setDigitPx] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: there is a width once there is a scroller.
  useLayoutEffect(() => {
    const pen = document.createElement("canvas").getContext("2d");
    if (!scroller.current || !pen) return;
    pen.font = getComputedStyle(scroller.current).font;
    setDigitPx(pen.measureText("0".repeat(100)).width / 100);
  }, [width > 0]);
  const beside = BESIDE_PX.number + BESIDE_PX.stream + (timed ? BESIDE_PX.time : 0) + (labelled ? BESIDE_PX.writer : 0);
  return digitPx > 0 ? Math.max(Math.floor((width - beside) / digitPx), 1) : 1;
}

/**
 * Estimates how many rows a line takes, from those that are here when it is first asked: exact for a log that is one
 * page, and held while a longer one is scrolled, so that scrolling stays even.
 */
export function useRowsPerLine(lines: ReadonlyMap<number, ConsoleLine>, columns: number | null, total: number): number {
  const held = useRef({ of: "", rows: 1 });
  if (columns === null) return 1;
  const of = `${columns} ${Math.min(total, LINES_A_PAGE)}`;
  if (held.current.of !== of && lines.size > 0) {
    let rows = 0;
    for (const line of lines.values()) rows += rowsOfLine(line, columns);
    held.current = { of, rows: rows / lines.size };
  }
  return held.current.rows;
}
