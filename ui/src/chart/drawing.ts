/** Draws lines, bands, line ends and NaN ticks onto a canvas, given functions from values to pixels. */
import { decimate } from "../series/decimate";
import { DOWN, NAN, type NonFinite, UP } from "../series/frame";
import type { Line } from "../series/line";
import { type Branch, drawBranch, drawFromBranch } from "./branch";
import type { Ink } from "./ink";

/** How a run's line ends: nothing, still growing, stopped without a result, or failed. */
export type LineEnd = "plain" | "live" | "stopped" | "failed";

export interface DrawnLine extends Line {
  /** What it is called beyond its run, where a chart has several lines of a run. */
  label?: string;
  /** 1 to 20. */
  hue: number;
  dash: readonly number[];
  end: LineEnd;
  /** The run that others are compared with. */
  baseline?: boolean;
  /** Where its own part begins, if the run is a fork or was rewound. */
  branch?: Branch;
}

/** The canvas and its scales, in canvas pixels. */
export interface Paper {
  context: CanvasRenderingContext2D;
  ink: Ink;
  left: number;
  top: number;
  width: number;
  height: number;
  /** Canvas pixels of one CSS pixel. */
  ratio: number;
  fromX: number;
  toX: number;
  log: boolean;
  logX: boolean;
  toPx(x: number): number;
  toPy(y: number): number;
}

/** Draws every line as if none were highlighted. */
export function drawLines(paper: Paper, lines: readonly DrawnLine[]): void {
  inside(paper, () => {
    for (const line of lines) drawBand(paper, line, paper.ink.band);
    for (const line of lines) drawFaint(paper, line, 0.22);
    for (const line of lines) drawLine(paper, line, line.baseline ? 1.5 : 1.25, 1);
  });
  for (const line of lines) {
    drawBranch(paper, line, colourOf(paper, line));
    drawEnd(paper, line, 1);
  }
}

/** Room around the plotted area for what stands at a line's end, in CSS pixels. */
const END_PX = 6;

/** Draws the highlighted lines, on a canvas that lies over a chart; the chart below steps back. */
export function drawHighlighted(paper: Paper, lines: readonly DrawnLine[]): void {
  const { context, ink, ratio } = paper;
  const room = END_PX * ratio;
  context.globalAlpha = 1 - ink.dim;
  context.fillStyle = ink.panel;
  context.fillRect(paper.left, paper.top - room, paper.width + room, paper.height + room);
  context.globalAlpha = 1;
  inside(paper, () => {
    for (const line of lines) drawBand(paper, line, ink.bandHighlighted);
    for (const line of lines) drawFaint(paper, line, 0.4);
    for (const line of lines) drawLine(paper, line, 2, 1);
  });
  for (const line of lines) {
    drawBranch(paper, line, colourOf(paper, line));
    drawEnd(paper, line, 1);
  }
}

/** Draws within the frame of the axes. */
function inside({ context, left, top, width, height }: Paper, draw: () => void): void {
  context.save();
  context.beginPath();
  context.rect(left, top, width, height);
  context.clip();
  context.lineJoin = "round";
  draw();
  context.restore();
}

function drawFaint(paper: Paper, line: DrawnLine, alpha: number): void {
  if (line.faint) drawLine(paper, { ...line, y: line.faint, dash: [] }, 1, alpha);
}

function colourOf(paper: Paper, line: DrawnLine): string {
  return paper.ink.runs[line.hue - 1] ?? paper.ink.muted;
}

function drawBand(paper: Paper, line: DrawnLine, alpha: number): void {
  const { low, high, x } = line;
  if (!low || !high || x.length < 2) return;
  const { context } = paper;
  const columns = paper.width / paper.ratio;
  const upper = decimate(x, high, paper.fromX, paper.toX, columns, paper.logX);
  const lower = decimate(x, low, paper.fromX, paper.toX, columns, paper.logX);
  const bottom = paper.top + paper.height;
  const py = (value: number) => (paper.log && value <= 0 ? bottom : paper.toPy(value));
  context.beginPath();
  let started = false;
  for (const i of upper) {
    if (!Number.isFinite(high[i]!)) continue;
    const px = paper.toPx(x[i]!);
    if (started) context.lineTo(px, py(high[i]!));
    else context.moveTo(px, py(high[i]!));
    started = true;
  }
  if (!started) return;
  for (let k = lower.length - 1; k >= 0; k--) {
    const i = lower[k]!;
    if (Number.isFinite(low[i]!)) context.lineTo(paper.toPx(x[i]!), py(low[i]!));
  }
  context.closePath();
  context.globalAlpha = alpha;
  context.fillStyle = colourOf(paper, line);
  context.fill();
  context.globalAlpha = 1;
}

function drawLine(paper: Paper, line: DrawnLine, widthPx: number, alpha: number): void {
  drawFromBranch(paper, line.branch, (share) => strokeLine(paper, line, widthPx, alpha * share));
}

function strokeLine(paper: Paper, line: DrawnLine, widthPx: number, alpha: number): void {
  const { context, ratio } = paper;
  const { x, y } = line;
  const colour = colourOf(paper, line);
  const kept = decimate(x, y, paper.fromX, paper.toX, paper.width / ratio, paper.logX);
  context.globalAlpha = alpha;
  context.strokeStyle = colour;
  context.lineWidth = widthPx * ratio;
  context.setLineDash(line.dash.map((part) => part * ratio));
  context.beginPath();
  let pen = false;
  let alone: [number, number] | null = null;
  const dots: [number, number][] = [];
  for (const i of kept) {
    const value = y[i]!;
    if (!Number.isFinite(value) || (paper.log && value <= 0)) {
      // A gap stays a gap: joining over it would invent values.
      if (alone) dots.push(alone);
      pen = false;
      alone = null;
      continue;
    }
    const px = paper.toPx(x[i]!);
    const py = paper.toPy(value);
    if (pen) {
      context.lineTo(px, py);
      alone = null;
    } else {
      context.moveTo(px, py);
      alone = [px, py];
    }
    pen = true;
  }
  if (alone) dots.push(alone);
  context.stroke();
  context.setLineDash([]);
  context.fillStyle = colour;
  for (const [px, py] of dots) {
    context.beginPath();
    context.arc(px, py, (widthPx + 0.75) * ratio, 0, 2 * Math.PI);
    context.fill();
  }
  context.globalAlpha = 1;
}

function lastFinite(line: DrawnLine): number {
  for (let i = line.x.length - 1; i >= 0; i--) if (Number.isFinite(line.y[i]!)) return i;
  return -1;
}

function drawEnd(paper: Paper, line: DrawnLine, alpha: number): void {
  const index = lastFinite(line);
  if (index < 0) return;
  const { context, ratio, ink } = paper;
  const px = paper.toPx(line.x[index]!);
  if (px < paper.left - 1 || px > paper.left + paper.width + 1) return;
  const value = line.y[index]!;
  if (paper.log && value <= 0) return;
  const py = paper.toPy(value);
  const colour = colourOf(paper, line);
  context.globalAlpha = alpha;
  context.fillStyle = colour;
  context.strokeStyle = colour;
  if (py < paper.top - ratio) {
    // It left through the top: a mark at the edge says so.
    const half = 4 * ratio;
    context.beginPath();
    context.moveTo(px, paper.top + ratio);
    context.lineTo(px + half, paper.top + ratio + half * 1.7);
    context.lineTo(px - half, paper.top + ratio + half * 1.7);
    context.fill();
  } else if (line.end === "live") {
    context.beginPath();
    context.arc(px, py, 5.5 * ratio, 0, 2 * Math.PI);
    context.fillStyle = ink.panel;
    context.fill();
    context.lineWidth = 1.25 * ratio;
    context.stroke();
    context.beginPath();
    context.arc(px, py, 3 * ratio, 0, 2 * Math.PI);
    context.fillStyle = colour;
    context.fill();
  } else if (line.end === "failed") {
    const half = 3 * ratio;
    context.lineWidth = 1.6 * ratio;
    context.beginPath();
    context.moveTo(px - half, py - half);
    context.lineTo(px + half, py + half);
    context.moveTo(px + half, py - half);
    context.lineTo(px - half, py + half);
    context.stroke();
  } else if (line.end === "stopped") {
    const half = 2.75 * ratio;
    context.fillRect(px - half, py - half, half * 2, half * 2);
  }
  context.globalAlpha = 1;
}

/**
 * Marks x of NaN with a stroke at the axis, of +∞ with a triangle at the top, of −∞ with one at the bottom, and says how
 * many there are of each.
 */
export function drawNonFinite(paper: Paper, lines: readonly DrawnLine[]): void {
  const { context, ratio, ink, top } = paper;
  const sum = (of: keyof NonFinite) => lines.reduce((all, line) => all + line.nonFinite[of], 0);
  const said = [
    ["NaN", sum("nan")],
    ["+∞", sum("up")],
    ["−∞", sum("down")],
  ] as const;
  const text = said.flatMap(([name, n]) => (n > 0 ? `${name} ×${n.toLocaleString("en")}` : [])).join("  ");
  if (!text) return;
  const bottom = paper.top + paper.height;
  const half = 4 * ratio;
  let first = Number.POSITIVE_INFINITY;
  let last = Number.NEGATIVE_INFINITY;
  context.lineWidth = ratio;
  for (const line of lines) {
    context.strokeStyle = colourOf(paper, line);
    context.fillStyle = context.strokeStyle;
    context.beginPath();
    const triangles = new Path2D();
    const triangle = (px: number, tip: number, base: number) => {
      triangles.moveTo(px, tip);
      triangles.lineTo(px + half, base);
      triangles.lineTo(px - half, base);
      triangles.closePath();
    };
    line.badX.forEach((x, i) => {
      const px = Math.round(paper.toPx(x)) + 0.5;
      if (px < paper.left || px > paper.left + paper.width) return;
      const kind = line.badKind[i] ?? NAN;
      if (kind & UP) triangle(px, top + ratio, top + 8 * ratio);
      if (kind & DOWN) triangle(px, bottom - ratio, bottom - 8 * ratio);
      if (kind & NAN) {
        context.moveTo(px, bottom - 7 * ratio);
        context.lineTo(px, bottom);
      }
      first = Math.min(first, px);
      last = Math.max(last, px);
    });
    context.stroke();
    context.fill(triangles);
  }
  context.font = ink.font.replace(/^\d+px/, `600 ${10 * ratio}px`);
  const width = context.measureText(text).width;
  const right = paper.left + paper.width;
  const after = last + half + 2 * ratio;
  const before = first - half - 2 * ratio - width;
  // Beside the marks if there is room, else above them or below those at the top: where the fewest points are.
  const [above, below] = [bottom - 9 * ratio, top + 22 * ratio];
  const places: [number, number][] = [
    ...(after + width <= right ? [[after, bottom] as [number, number]] : []),
    ...(Number.isFinite(first) && before >= paper.left ? [[before, bottom] as [number, number]] : []),
    [right - width, above],
    [paper.left + ratio, above],
    [right - width, below],
    [paper.left + ratio, below],
  ];
  const covered = places.map(([from, foot]) => pointsIn(paper, lines, from, foot - 13 * ratio, width, 13 * ratio));
  const [left, base] = places[covered.indexOf(Math.min(...covered))]!;
  context.fillStyle = ink.panel;
  context.fillRect(left - ratio, base - 13 * ratio, width + 2 * ratio, 12 * ratio);
  context.fillStyle = ink.err;
  context.textAlign = "left";
  context.textBaseline = "alphabetic";
  context.fillText(text, left, base - 3 * ratio);
}

/** Counts the points of lines in a part of the chart. */
function pointsIn(
  paper: Paper,
  lines: readonly DrawnLine[],
  left: number,
  top: number,
  width: number,
  height: number,
): number {
  let n = 0;
  for (const { x, y } of lines) {
    for (let i = 0; i < x.length; i++) {
      const px = paper.toPx(x[i]!);
      if (px < left || px > left + width) continue;
      const py = paper.toPy(y[i]!);
      if (py >= top && py <= top + height) n++;
    }
  }
  return n;
}
