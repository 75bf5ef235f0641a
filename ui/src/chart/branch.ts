/** Where a run's line leaves another's: what it took over is drawn back, a mark stands where its own part begins. */
import { interpolate } from "../series/join";
import type { Line } from "../series/line";
import type { Paper } from "./drawing";

export interface Branch {
  /** A fork took rows over; a rewind went back to rows of its own. */
  kind: "fork" | "rewind";
  /** Where on the x axis, and which step that is. */
  x: number;
  step: number;
  /** What the other run is called; null: nobody knows any more, or it is the run itself. */
  of: string | null;
}

/** How much of its colour the part has that was taken over. */
const INHERITED_ALPHA = 0.45;
/** Half of a mark's height, in CSS pixels. */
const HALF_PX = 4.5;

/** Draws a line, paler up to where the run's own part begins. */
export function drawFromBranch(paper: Paper, branch: Branch | undefined, draw: (alpha: number) => void): void {
  if (branch?.kind !== "fork") {
    draw(1);
    return;
  }
  const { context, left, top, width, height } = paper;
  const at = Math.min(Math.max(paper.toPx(branch.x), left), left + width);
  const part = (from: number, to: number, alpha: number) => {
    if (to <= from) return;
    context.save();
    context.beginPath();
    context.rect(from, top, to - from, height);
    context.clip();
    draw(alpha);
    context.restore();
  };
  part(left, at, INHERITED_ALPHA);
  part(at, left + width, 1);
}

/** Marks where a line's own part begins: a diamond for a fork, a triangle that points back for a rewind. */
export function drawBranch(paper: Paper, line: Line & { branch?: Branch }, colour: string): void {
  const { branch } = line;
  if (!branch) return;
  const { context, ratio, ink } = paper;
  const px = paper.toPx(branch.x);
  const value = interpolate(line, branch.x);
  if (!Number.isFinite(value) || (paper.log && value <= 0)) return;
  const py = paper.toPy(value);
  const isInside =
    px >= paper.left && px <= paper.left + paper.width && py >= paper.top && py <= paper.top + paper.height;
  if (!isInside) return;
  const half = HALF_PX * ratio;
  context.beginPath();
  context.moveTo(px - half, py);
  context.lineTo(px, py - half);
  if (branch.kind === "fork") context.lineTo(px + half, py);
  context.lineTo(px, py + half);
  context.closePath();
  context.fillStyle = ink.panel;
  context.fill();
  context.lineWidth = 1.5 * ratio;
  context.strokeStyle = colour;
  context.stroke();
}
