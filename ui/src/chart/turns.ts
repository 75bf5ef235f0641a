/** Charts that have to be drawn again take turns, a few a frame: a page of charts never holds up the pointer. */

type Draw = () => void;

/** Charts drawn in one frame. Twelve of them are drawn within three, which no eye sees. */
const A_FRAME = 4;

const due = new Set<Draw>();
let frame = 0;

function draw(): void {
  frame = 0;
  let drawn = 0;
  for (const one of due) {
    if (drawn++ === A_FRAME) break;
    due.delete(one);
    one();
  }
  if (due.size > 0) frame = requestAnimationFrame(draw);
}

/** Draws with the next frame, or one of the next where many are due; asked for twice, it is drawn once. */
export function drawSoon(one: Draw): void {
  due.add(one);
  if (frame === 0) frame = requestAnimationFrame(draw);
}

/** Takes back what was asked for. */
export function drawNever(one: Draw): void {
  due.delete(one);
}
