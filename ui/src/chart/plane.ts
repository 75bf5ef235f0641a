/** A canvas with two axes, for points: grid, marks, labels. Places are shares of the plot, 0 to 1, y upwards. */
import type { Scale } from "../series/scale";
import type { Ink } from "./ink";

export interface Plane {
  context: CanvasRenderingContext2D;
  left: number;
  top: number;
  width: number;
  height: number;
  px(place: number): number;
  py(place: number): number;
}

const CHARACTER_PX = 6.2;
const LONGEST = 18;

const cut = (label: string) => (label.length > LONGEST ? `${label.slice(0, LONGEST - 1)}…` : label);

/** Clears a canvas, fits it to the screen's pixels, and draws axes. */
export function drawPlane(
  canvas: HTMLCanvasElement,
  size: { width: number; height: number },
  x: Scale,
  y: Scale,
  ink: Ink,
): Plane | null {
  const context = canvas.getContext("2d");
  if (!context || size.width < 40 || size.height < 40) return null;
  const ratio = window.devicePixelRatio || 1;
  canvas.width = Math.round(size.width * ratio);
  canvas.height = Math.round(size.height * ratio);
  context.setTransform(ratio, 0, 0, ratio, 0, 0);
  context.clearRect(0, 0, size.width, size.height);
  const widest = Math.max(...y.ticks.map(({ label }) => cut(label).length), 2);
  const left = Math.min(widest * CHARACTER_PX + 14, size.width * 0.4);
  const top = 8;
  const width = size.width - left - 16;
  const height = size.height - top - 24;
  const px = (place: number) => left + place * width;
  const py = (place: number) => top + (1 - place) * height;
  context.font = ink.font;
  context.fillStyle = ink.label;
  context.strokeStyle = ink.grid;
  context.lineWidth = 1;
  context.textBaseline = "middle";
  context.textAlign = "right";
  for (const { place, label } of y.ticks) {
    const at = Math.round(py(place)) + 0.5;
    line(context, left, at, left + width, at);
    context.fillText(cut(label), left - 6, at);
  }
  context.textAlign = "center";
  context.textBaseline = "top";
  let free = 0;
  for (const { place, label } of x.ticks) {
    const at = Math.round(px(place)) + 0.5;
    line(context, at, top, at, top + height);
    const half = (cut(label).length * CHARACTER_PX) / 2;
    // Labels that would touch the one before are left out; their lines stay.
    if (at - half < free) continue;
    context.fillText(cut(label), Math.min(Math.max(at, half), size.width - half), top + height + 7);
    free = at + half + 6;
  }
  context.strokeStyle = ink.axis;
  line(context, left, top + height + 0.5, left + width, top + height + 0.5);
  return { context, left, top, width, height, px, py };
}

function line(context: CanvasRenderingContext2D, x0: number, y0: number, x1: number, y1: number): void {
  context.beginPath();
  context.moveTo(x0, y0);
  context.lineTo(x1, y1);
  context.stroke();
}
