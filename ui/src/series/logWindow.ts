/**
 * Which lines of a log a window over it shows, and where. Pure.
 *
 * The share of the way scrolled names a point of the log, and that point stands at the same share of the window's
 * height: the first line at its top where nothing is scrolled, the end of the last one at its bottom at the end. So
 * lines may have any height, known or not, and a log may be taller than a browser can scroll.
 */

export const LINE_PX = 18;
/** Browsers stop at about 17.9 M px; a longer log scrolls in proportion. */
const TALLEST_PX = 12_000_000;
/** Lines laid out beyond each edge, so that a scrolled frame shows text at once. */
const BEYOND_LINES = 20;

export interface LogWindow {
  /** Lines laid out: from `from` up to, without, `to`. */
  from: number;
  to: number;
  /** The line that the scrolled share names, and the share of it that lies above the point. */
  anchor: number;
  part: number;
  /** Where in the window that point stands, in px below its top. */
  anchorPx: number;
}

/** Gives how much is scrolled of a log of so many rows of text, in px. */
export const tallOf = (rows: number): number => Math.min(rows * LINE_PX, TALLEST_PX);

/** Looks at a log of `total` lines and `tall` px through a window `height` px high, scrolled by `top` px. */
export function logWindow(total: number, tall: number, height: number, top: number): LogWindow {
  const share = tall > height ? Math.min(Math.max(top / (tall - height), 0), 1) : 0;
  const point = share * total;
  const anchor = Math.floor(point);
  const around = Math.ceil(height / LINE_PX) + BEYOND_LINES;
  return {
    from: Math.max(anchor - around, 0),
    to: Math.min(anchor + around, total),
    anchor,
    part: point - anchor,
    anchorPx: share * height,
  };
}

/**
 * Gives the share of the way to scroll for a line to be seen: at the top or the middle of the window where every line is one
 * row (`shown` of them fit), and where rows of a line are not known (`shown` null) wherever it stands.
 */
export function shareFor(line: number, total: number, shown: number | null, centre: boolean): number {
  if (shown === null) return Math.min((line + 0.5) / Math.max(total, 1), 1);
  return Math.min(Math.max((centre ? line - shown / 2 : line) / Math.max(total - shown, 1), 0), 1);
}

/** Gives the rows that so many characters take in a column of so many. */
export const rowsOf = (characters: number, columns: number): number =>
  Math.max(Math.ceil(characters / Math.max(columns, 1)), 1);
