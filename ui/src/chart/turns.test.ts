import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { drawNever, drawSoon } from "./turns";

let frames: (() => void)[] = [];
const nextFrame = () => frames.splice(0).forEach((frame) => void frame());

beforeEach(() => {
  frames = [];
  vi.stubGlobal("requestAnimationFrame", (frame: () => void) => frames.push(frame));
});
afterEach(() => vi.unstubAllGlobals());

test("charts are drawn in the order in which they were asked for, four a frame, each once", () => {
  const drawn: number[] = [];
  const charts = Array.from({ length: 6 }, (_, i) => () => void drawn.push(i));
  for (const chart of [...charts, ...charts]) drawSoon(chart);
  nextFrame();
  expect(drawn).toEqual([0, 1, 2, 3]);
  nextFrame();
  expect(drawn).toEqual([0, 1, 2, 3, 4, 5]);
  expect(frames).toHaveLength(0);
});

test("a chart that is gone is not drawn", () => {
  const draw = vi.fn();
  drawSoon(draw);
  drawNever(draw);
  nextFrame();
  expect(draw).not.toHaveBeenCalled();
});
