/** Draws parallel coordinates: an axis a column, a line a run; and says which axis and place the pointer is on. */
import type { Scale } from "../series/scale";
import type { Ink } from "./ink";

export interface ParallelLine {
  run: string;
  /** Shares of the axes, NaN where the run has no value. */
  places: Float64Array;
  /** Share of the last axis' range, for the colour. */
  strength: number;
  /** 1 to 20 for a drawn run; 0 for one that isn't. */
  hue: number;
}

const MARGIN = { left: 34, right: 64, top: 26, bottom: 14 };
/** How near an axis the pointer has to be to brush it. */
const NEAR_PX = 16;
const LABEL = 14;

export interface ParallelFrame {
  axes: number[];
  top: number;
  height: number;
}

export function frameOf(size: { width: number; height: number }, count: number): ParallelFrame {
  const width = size.width - MARGIN.left - MARGIN.right;
  return {
    axes: Array.from({ length: count }, (_, i) => MARGIN.left + (count > 1 ? (width * i) / (count - 1) : width / 2)),
    top: MARGIN.top,
    height: size.height - MARGIN.top - MARGIN.bottom,
  };
}

export function drawParallel(
  canvas: HTMLCanvasElement,
  size: { width: number; height: number },
  content: {
    lines: readonly ParallelLine[];
    scales: readonly Scale[];
    brushes: readonly ([number, number] | null)[];
    hot: string | null;
    accent: string;
  },
  ink: Ink,
): void {
  const context = canvas.getContext("2d");
  if (!context || size.width < 80 || size.height < 60) return;
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(size.width * ratio);
  canvas.height = Math.round(size.height * ratio);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, size.width, size.height);
  const { axes, top, height } = frameOf(size, content.scales.length);
  const py = (place: number) => top + (1 - place) * height;
  const trace = (line: ParallelLine) => {
    context.beginPath();
    let pen = false;
    line.places.forEach((place, i) => {
      if (Number.isNaN(place)) {
        pen = false;
        return;
      }
      if (pen) {
        // A curve that leaves and reaches axes level can be followed through a crossing.
        const middle = (axes[i - 1]! + axes[i]!) / 2;
        context.bezierCurveTo(middle, py(line.places[i - 1]!), middle, py(place), axes[i]!, py(place));
      } else context.moveTo(axes[i]!, py(place));
      pen = true;
    });
    context.stroke();
  };
  const kept = (line: ParallelLine) =>
    content.brushes.every((brush, i) => !brush || (line.places[i]! >= brush[0] && line.places[i]! <= brush[1]));
  context.lineWidth = 1.25;
  // Fewer lines may be stronger.
  const strong = Math.min(0.9, 12 / Math.sqrt(content.lines.length + 1) / 2 + 0.15);
  for (const line of content.lines) {
    const inside = kept(line);
    context.strokeStyle = inside ? content.accent : ink.muted;
    context.globalAlpha = inside ? strong * (0.25 + 0.75 * line.strength) : 0.06;
    trace(line);
  }
  const hot = content.lines.find((line) => line.run === content.hot);
  if (hot) {
    context.globalAlpha = 1;
    context.lineWidth = 2.5;
    context.strokeStyle = hot.hue > 0 ? (ink.runs[hot.hue - 1] ?? ink.text) : ink.text;
    trace(hot);
  }
  context.globalAlpha = 1;
  context.font = ink.font;
  content.scales.forEach((scale, i) => {
    const x = Math.round(axes[i]!) + 0.5;
    context.strokeStyle = ink.axis;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x, top);
    context.lineTo(x, top + height);
    context.stroke();
    context.textAlign = "left";
    context.textBaseline = "middle";
    for (const { place, label } of scale.ticks) {
      const text = label.length > LABEL ? `${label.slice(0, LABEL - 1)}…` : label;
      context.fillStyle = ink.panel;
      context.globalAlpha = 0.75;
      context.fillRect(x + 3, py(place) - 6, context.measureText(text).width + 4, 12);
      context.globalAlpha = 1;
      context.fillStyle = ink.label;
      context.fillText(text, x + 5, py(place));
    }
    const brush = content.brushes[i];
    if (brush) {
      context.globalAlpha = 0.25;
      context.fillStyle = content.accent;
      context.fillRect(x - 6, py(brush[1]), 12, Math.max(py(brush[0]) - py(brush[1]), 1));
      context.globalAlpha = 1;
      context.strokeStyle = content.accent;
      context.strokeRect(x - 6, py(brush[1]), 12, Math.max(py(brush[0]) - py(brush[1]), 1));
    }
  });
}

/** Gives the axis near a point and the place on it. */
export function axisAt(frame: ParallelFrame, x: number, y: number): { axis: number; place: number } | null {
  const axis = frame.axes.findIndex((at) => Math.abs(at - x) <= NEAR_PX);
  if (axis < 0) return null;
  return { axis, place: Math.min(Math.max(1 - (y - frame.top) / frame.height, 0), 1) };
}

/** Gives the line nearest to a point between two axes. */
export function lineAt(frame: ParallelFrame, lines: readonly ParallelLine[], x: number, y: number): string | null {
  const right = frame.axes.findIndex((at) => at >= x);
  if (right <= 0) return null;
  const [from, to] = [frame.axes[right - 1]!, frame.axes[right]!];
  const share = (x - from) / (to - from);
  // The curve's height there: that of the cubic with level ends, good enough to point at.
  const ease = share * share * (3 - 2 * share);
  let best: string | null = null;
  let nearest = 8;
  for (const line of lines) {
    const [a, b] = [line.places[right - 1]!, line.places[right]!];
    const away = Math.abs(frame.top + (1 - (a + (b - a) * ease)) * frame.height - y);
    if (away < nearest) {
      nearest = away;
      best = line.run;
    }
  }
  return best;
}
