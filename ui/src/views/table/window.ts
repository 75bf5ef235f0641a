/** Which rows and columns are near what is seen. Rows are of one height, so this is arithmetic, not measuring. */
import { type RefObject, useLayoutEffect, useState } from "react";

export interface Window {
  /** Lines to draw: from, up to before. */
  first: number;
  last: number;
  /** Scrolling columns to draw: from, up to before. */
  firstColumn: number;
  lastColumn: number;
  /** Lines and columns that are seen whole. */
  seenFirst: number;
  seenLast: number;
  seenFirstColumn: number;
  seenLastColumn: number;
}

/** Lines are drawn in blocks, and some more than are seen: scrolling by a line then changes nothing. */
const BLOCK = 4;
const LINES_MORE = 6;
const COLUMNS_MORE = 1;
const COLUMN_BLOCK = 3;

export interface Extent {
  top: number;
  left: number;
  /** Room for lines, below the head. */
  heightPx: number;
  /** Room for scrolling columns, beside the fixed ones. */
  widthPx: number;
}

/** Gives the index of the column that holds a place. */
function columnAt(lefts: number[], x: number): number {
  let low = 0;
  let high = lefts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (lefts[middle]! <= x) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** Computes the window of an extent. */
export function windowOf(extent: Extent, lines: number, rowPx: number, lefts: number[], widthPx: number): Window {
  const { top, left } = extent;
  const seenFirst = Math.min(Math.ceil(top / rowPx), Math.max(lines - 1, 0));
  const seenLast = Math.min(Math.floor((top + extent.heightPx) / rowPx), lines);
  const first = Math.max(Math.floor(top / rowPx / BLOCK) * BLOCK - LINES_MORE, 0);
  const last = Math.min(Math.ceil((top + extent.heightPx) / rowPx / BLOCK) * BLOCK + LINES_MORE, lines);
  const right = left + extent.widthPx;
  const at = columnAt(lefts, left);
  const end = columnAt(lefts, right);
  const seenFirstColumn = lefts[at] !== undefined && lefts[at] < left - 1 ? Math.min(at + 1, lefts.length - 1) : at;
  const isEndWhole = (lefts[end + 1] ?? widthPx) <= right + 1;
  return {
    first,
    last,
    firstColumn: Math.max(Math.floor(at / COLUMN_BLOCK) * COLUMN_BLOCK - COLUMNS_MORE, 0),
    lastColumn: Math.min(Math.ceil((end + 1) / COLUMN_BLOCK) * COLUMN_BLOCK + COLUMNS_MORE, lefts.length),
    seenFirst,
    seenLast: Math.max(seenLast, seenFirst + 1),
    seenFirstColumn,
    seenLastColumn: Math.max(isEndWhole ? end + 1 : end, seenFirstColumn + 1),
  };
}

/** Follows a scroller; the window changes only when another block comes near. */
export function useWindow(
  scroller: RefObject<HTMLElement | null>,
  lines: number,
  rowPx: number,
  headPx: number,
  besidePx: number,
  lefts: number[],
  widthPx: number,
): Window {
  const [extent, setExtent] = useState<Extent>({ top: 0, left: 0, heightPx: 0, widthPx: 0 });
  useLayoutEffect(() => {
    const element = scroller.current;
    if (!element) return;
    const measure = () => {
      const next = {
        top: element.scrollTop,
        left: element.scrollLeft,
        heightPx: element.clientHeight - headPx,
        widthPx: Math.max(element.clientWidth - besidePx, 0),
      };
      setExtent((now) => {
        const before = JSON.stringify(windowOf(now, lines, rowPx, lefts, widthPx));
        return before === JSON.stringify(windowOf(next, lines, rowPx, lefts, widthPx)) ? now : next;
      });
    };
    measure();
    element.addEventListener("scroll", measure, { passive: true });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => {
      element.removeEventListener("scroll", measure);
      observer.disconnect();
    };
  }, [scroller, lines, rowPx, headPx, besidePx, lefts, widthPx]);
  return windowOf(extent, lines, rowPx, lefts, widthPx);
}
