/** Draws the reader's marks: a line down the chart, and what happened there. */
import type { Paper } from "./drawing";

export interface DrawnMark {
  x: number;
  text: string;
}

const DASH = [3, 3];
/** Room for a text, in CSS pixels; more is cut. */
const TEXT_PX = 140;
const ROW_PX = 13;
/** Texts that meet stand below one another, in so many rows. */
const ROWS = 3;

export function drawMarks(paper: Paper, marks: readonly DrawnMark[]): void {
  const { context, ratio, ink, left, top, width, height } = paper;
  const ends = new Array<number>(ROWS).fill(Number.NEGATIVE_INFINITY);
  context.font = ink.font.replace(/^\d+px/, `${11 * ratio}px`);
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  for (const { x, text } of marks) {
    const px = Math.round(paper.toPx(x)) + 0.5;
    if (!(px >= left && px <= left + width)) continue;
    context.strokeStyle = ink.muted;
    context.lineWidth = ratio;
    context.setLineDash(DASH.map((part) => part * ratio));
    context.beginPath();
    context.moveTo(px, top);
    context.lineTo(px, top + height);
    context.stroke();
    context.setLineDash([]);
    const said = fitted(context, text, TEXT_PX * ratio);
    if (!said) continue;
    const wide = context.measureText(said).width;
    // At the right edge it stands before its line.
    const from = px + 4 * ratio + wide <= left + width ? px + 4 * ratio : px - 4 * ratio - wide;
    const row = Math.max(
      ends.findIndex((end) => end <= from),
      0,
    );
    ends[row] = from + wide + 8 * ratio;
    const base = top + (row + 1) * ROW_PX * ratio - 2 * ratio;
    context.fillStyle = ink.panel;
    context.fillRect(from - 2 * ratio, base - 10 * ratio, wide + 4 * ratio, ROW_PX * ratio);
    context.fillStyle = ink.text;
    context.fillText(said, from, base);
  }
}

/** Cuts a text at its end until it fits. */
function fitted(context: CanvasRenderingContext2D, text: string, room: number): string {
  if (context.measureText(text).width <= room) return text;
  let cut = [...text];
  while (cut.length > 1 && context.measureText(`${cut.join("")}…`).width > room) cut = cut.slice(0, -1);
  return `${cut.join("")}…`;
}
