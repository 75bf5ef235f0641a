/** A layer over a chart that holds the highlighted line alone: passing from line to line redraws no chart. */
import { type DrawnLine, drawHighlighted, drawNonFinite, type Paper } from "./drawing";
import { type DrawnMark, drawMarks } from "./marks";

export class Highlight {
  private readonly canvas = document.createElement("canvas");

  /** Lays itself over a chart's canvas; it shows nothing yet. */
  constructor(private readonly below: HTMLCanvasElement) {
    this.canvas.className = "plot-overlay";
    this.canvas.hidden = true;
    below.after(this.canvas);
  }

  /**
   * Draws the chosen lines; none of them shows the chart as it is.
   *
   * @param paper the chart's, which is drawn in the same place.
   * @param lines all of the chart's: what is said of them stays readable.
   */
  paint(paper: Paper, chosen: readonly DrawnLine[], lines: readonly DrawnLine[], marks: readonly DrawnMark[]): void {
    const { canvas } = this;
    if (chosen.length === 0) {
      if (!canvas.hidden) canvas.hidden = true;
      return;
    }
    const context = canvas.getContext("2d")!;
    const { width, height } = this.below;
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    else context.clearRect(0, 0, width, height);
    const own = { ...paper, context };
    context.save();
    drawHighlighted(own, chosen);
    drawNonFinite(own, lines);
    drawMarks(own, marks);
    context.restore();
    canvas.hidden = false;
  }
}
