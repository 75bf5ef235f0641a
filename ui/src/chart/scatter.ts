/** Draws points on a plane, and finds the one under the pointer. */
import type { Scale } from "../series/scale";
import type { Ink } from "./ink";
import { drawPlane, type Plane } from "./plane";

export interface Dot {
  run: string;
  /** Shares of the axes. */
  x: number;
  y: number;
  /** 1 to 20 for a drawn run; 0 for one that isn't. */
  hue: number;
  /** Share of a third value's range, drawn as strength; null without one. */
  strength: number | null;
}

/** Pixels around a dot that count as on it. */
const REACH_PX = 12;

export function drawScatter(
  canvas: HTMLCanvasElement,
  size: { width: number; height: number },
  content: {
    dots: readonly Dot[];
    line: readonly (readonly [number, number])[];
    x: Scale;
    y: Scale;
    hot: string | null;
  },
  ink: Ink,
): Plane | null {
  const plane = drawPlane(canvas, size, content.x, content.y, ink);
  if (!plane) return null;
  const { context, px, py } = plane;
  const dot = (one: Dot, radius: number) => {
    context.beginPath();
    context.arc(px(one.x), py(one.y), radius, 0, 2 * Math.PI);
  };
  const colour = (one: Dot) => (one.hue > 0 ? (ink.runs[one.hue - 1] ?? ink.muted) : ink.muted);
  // Those that aren't drawn elsewhere lie below, so that they hide nobody.
  for (const one of [...content.dots].sort((a, b) => Number(a.hue > 0) - Number(b.hue > 0))) {
    dot(one, one.hue > 0 ? 4 : 3);
    context.globalAlpha = one.strength === null ? (one.hue > 0 ? 0.9 : 0.35) : 0.15 + 0.85 * one.strength;
    context.fillStyle = colour(one);
    context.fill();
  }
  context.globalAlpha = 1;
  if (content.line.length > 1) {
    context.strokeStyle = ink.text;
    context.lineWidth = 1.5;
    context.setLineDash([4, 3]);
    context.beginPath();
    for (const [i, [x, y]] of content.line.entries()) {
      if (i === 0) context.moveTo(px(x), py(y));
      else context.lineTo(px(x), py(y));
    }
    context.stroke();
    context.setLineDash([]);
  }
  const hot = content.dots.find((one) => one.run === content.hot);
  if (hot) {
    dot(hot, 6);
    context.fillStyle = colour(hot);
    context.fill();
    context.strokeStyle = ink.panel;
    context.lineWidth = 2;
    context.stroke();
  }
  return plane;
}

/** Gives the dot nearest to a point of the canvas, if one is near. */
export function dotAt(plane: Plane, dots: readonly Dot[], x: number, y: number): Dot | null {
  let best: Dot | null = null;
  let nearest = REACH_PX;
  for (const one of dots) {
    const away = Math.hypot(plane.px(one.x) - x, plane.py(one.y) - y);
    if (away < nearest) {
      nearest = away;
      best = one;
    }
  }
  return best;
}
