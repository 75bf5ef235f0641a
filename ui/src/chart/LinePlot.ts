/**
 * One line chart on a canvas: uPlot gives axes, scales and the cursor, this house draws the lines.
 *
 * The plot is imperative: a pointer's move never passes through React. It knows nothing of runs but their ids.
 */
import uPlot from "uplot";
import { interpolate, valueAt } from "../series/join";
import { rangeOf, rangeOfMost } from "../series/line";
import { type AxisKind, axesOf } from "./axes";
import { type DrawnLine, drawLines, drawNonFinite, type Paper } from "./drawing";
import { type OpenRange, padded, placer, within } from "./extent";
import { Highlight } from "./highlight";
import type { Ink } from "./ink";
import { type DrawnMark, drawMarks } from "./marks";
import { drawNever, drawSoon } from "./turns";

export interface PlotContent {
  lines: DrawnLine[];
  axis: AxisKind;
  log: boolean;
  logX: boolean;
  /** Ranges that the reader set; a zoom goes before that of x. */
  rangeX: OpenRange | null;
  rangeY: OpenRange | null;
  /** Leaves outliers out of the y range. */
  clip: boolean;
  /** Shown x range; null fits all lines. */
  zoom: [number, number] | null;
  /** Shown y range of a box that was drawn; it goes before all others. */
  zoomY: [number, number] | null;
  marks: readonly DrawnMark[];
  ink: Ink;
}

/** What the pointer is on: x and y in values, and the line nearest to it. */
export interface PlotPoint {
  x: number;
  y: number;
  clientX: number;
  clientY: number;
  run: string | null;
}

export interface PlotEvents {
  /** A range that was drawn, and that of y where it was a box; null: everything again. */
  onZoom(range: [number, number] | null, rangeY?: [number, number]): void;
  onPoint(point: PlotPoint | null): void;
  onPick(run: string): void;
  /** The place that a menu was asked for at, with the right button. */
  onMenu?(place: { x: number; clientX: number; clientY: number }): void;
}

/** Pointer distance, in CSS pixels, within which a line counts as pointed at. */
const REACH_PX = 24;
/** A drag shorter than this is a click. */
const DRAG_PX = 5;
const DOTS = 9;

export class LinePlot {
  private plot: uPlot | null = null;
  private content: PlotContent | null = null;
  private highlighted: string | null = null;
  private yRange: [number, number] = [0, 1];
  private xRange: [number, number] = [0, 1];
  /** How far from the top the pointer is; 0 where it is in another chart. */
  private pointerTop = 0;
  private readonly dots: HTMLElement[] = [];
  private readonly size: { width: number; height: number };
  private layer: Highlight | null = null;
  private cursor: [number | null, string[]] = [null, []];
  private readonly rehighlight = () => this.plot && this.paintHighlight(this.plot);
  /** Takes the scales and lines that are to be shown. */
  private readonly follow = () => {
    drawNever(this.rehighlight);
    this.plot?.setData([this.xRange, [null, null]], true);
    this.cursorAt(...this.cursor);
  };

  constructor(
    private readonly host: HTMLElement,
    private readonly events: PlotEvents,
    size: { width: number; height: number },
  ) {
    this.size = size;
  }

  /** Shows lines; cheap when only they changed. */
  show(content: PlotContent): void {
    const before = this.content;
    this.content = content;
    this.fit();
    const rebuild =
      !this.plot ||
      before?.log !== content.log ||
      before.logX !== content.logX ||
      before.axis !== content.axis ||
      before.ink !== content.ink;
    if (rebuild) this.build();
    else drawSoon(this.follow);
  }

  resize(width: number, height: number): void {
    if (width === this.size.width && height === this.size.height) return;
    this.size.width = width;
    this.size.height = height;
    this.plot?.setSize({ width, height });
  }

  /** Brings one run's line to the front. */
  highlight(run: string | null): void {
    if (run === this.highlighted) return;
    const { lines } = this.content ?? { lines: [] };
    const matters = lines.some((line) => line.run === run || line.run === this.highlighted);
    this.highlighted = run;
    if (matters) drawSoon(this.rehighlight);
  }

  /**
   * Puts the cursor at an x.
   *
   * @param runs whose points get a dot there.
   */
  cursorAt(x: number | null, runs: string[]): void {
    this.cursor = [x, runs];
    const { plot, content } = this;
    if (!plot || !content) return;
    const inside = x !== null && x >= this.xRange[0] && x <= this.xRange[1];
    const left = inside ? plot.valToPos(x, "x") : -10;
    // A box that is being drawn ends at the pointer's height, not where another chart's cursor is.
    plot.setCursor({ left, top: inside ? this.pointerTop : -10 }, false);
    const reach = (this.xRange[1] - this.xRange[0]) / 100;
    // From the plot's own books: asking the page would make it lay out once for each chart.
    const { width, height } = inCssPx(plot.bbox);
    let used = 0;
    if (inside) {
      for (const run of runs.slice(0, DOTS)) {
        const line = content.lines.find((one) => one.run === run);
        const value = line && valueAt(line, x, reach);
        if (!value || !Number.isFinite(value.y) || (content.log && value.y <= 0)) continue;
        const py = plot.valToPos(value.y, "y");
        const px = plot.valToPos(value.x, "x");
        if (py < 0 || py > height || px < 0 || px > width) continue;
        const dot = this.dots[used] ?? this.makeDot(plot);
        dot.style.transform = `translate(${px - 4}px, ${py - 4}px)`;
        dot.style.background = content.ink.runs[line.hue - 1] ?? "";
        if (dot.hidden) dot.hidden = false;
        used++;
      }
    }
    for (const dot of this.dots.slice(used)) if (!dot.hidden) dot.hidden = true;
  }

  /** Gives where an x is, in CSS pixels from the left of the host; null: outside of what is shown. */
  placeOf(x: number): number | null {
    if (!this.plot || x < this.xRange[0] || x > this.xRange[1]) return null;
    return inCssPx(this.plot.bbox).left + this.plot.valToPos(x, "x");
  }

  /** Gives where a y is, in CSS pixels from the top of the host; null: outside of what is shown. */
  heightOf(y: number): number | null {
    if (!this.plot || !(y >= this.yRange[0] && y <= this.yRange[1])) return null;
    return inCssPx(this.plot.bbox).top + this.plot.valToPos(y, "y");
  }

  /** Height of the host, in CSS pixels. */
  get tall(): number {
    return this.size.height;
  }

  /** How many lines leave the shown range, above or below. */
  get outside(): number {
    const { content } = this;
    if (!content || (!content.clip && !content.rangeY && !content.zoomY)) return 0;
    const [low, high] = this.yRange;
    const [from, to] = this.xRange;
    return content.lines.filter((line) => {
      const range = rangeOf([line], from, to, content.log);
      return range !== null && (range[0] < low || range[1] > high);
    }).length;
  }

  /** Where it stands on the page. */
  get box(): DOMRect {
    return this.host.getBoundingClientRect();
  }

  get shownX(): [number, number] {
    return this.xRange;
  }

  get scales(): { log: boolean; logX: boolean } {
    return { log: this.content?.log ?? false, logX: this.content?.logX ?? false };
  }

  get shownY(): [number, number] {
    return this.yRange;
  }

  destroy(): void {
    drawNever(this.rehighlight);
    drawNever(this.follow);
    this.plot?.destroy();
    this.plot = null;
    this.layer = null;
  }

  private makeDot(plot: uPlot): HTMLElement {
    const dot = document.createElement("div");
    dot.className = "plot-dot";
    plot.over.append(dot);
    this.dots.push(dot);
    return dot;
  }

  private fit(): void {
    const { lines, zoom, zoomY, log, logX, clip, rangeX, rangeY } = this.content!;
    let from = Number.POSITIVE_INFINITY;
    let to = Number.NEGATIVE_INFINITY;
    for (const { x } of lines) {
      // A logarithm has no place for zero: such a chart begins at its first positive x.
      const first = logX ? x.find((value) => value > 0) : x[0];
      if (first === undefined) continue;
      from = Math.min(from, first);
      to = Math.max(to, x[x.length - 1]!);
    }
    if (!(from <= to)) [from, to] = logX ? [1, 10] : [0, 1];
    if (from === to) [from, to] = logX ? [from / 2, to * 2] : [from >= 0 ? Math.max(from - 1, 0) : from - 1, to + 1];
    this.xRange = within(zoom ?? within([from, to], rangeX, logX), null, logX);
    const range = (clip ? rangeOfMost : rangeOf)(lines, this.xRange[0], this.xRange[1], log) ?? [log ? 0.1 : 0, 1];
    this.yRange = zoomY ?? within(padded(range, log), rangeY, log);
  }

  private build(): void {
    this.plot?.destroy();
    this.dots.length = 0;
    this.layer = null;
    const content = this.content!;
    const options: uPlot.Options = {
      width: this.size.width,
      height: this.size.height,
      legend: { show: false },
      padding: [6, 16, 0, 0],
      scales: {
        x: { time: content.axis === "time", distr: content.logX ? 3 : 1, range: () => this.xRange },
        y: { distr: content.log ? 3 : 1, range: () => this.yRange },
      },
      axes: axesOf(content),
      series: [{}, { show: true, paths: () => null, points: { show: false } }],
      cursor: {
        y: false,
        points: { show: false },
        drag: { x: true, y: false, setScale: false, dist: DRAG_PX },
        bind: {
          dblclick: () => () => {
            this.events.onZoom(null);
            return null;
          },
        },
      },
      hooks: {
        draw: [(u) => this.paint(u)],
        setSelect: [(u) => this.selected(u)],
      },
    };
    this.plot = new uPlot(options, [this.xRange, [null, null]], this.host);
    this.listen(this.plot);
  }

  private selected(u: uPlot): void {
    const { left, width, top, height } = u.select;
    if (width < DRAG_PX) return;
    const from = u.posToVal(left, "x");
    const to = u.posToVal(left + width, "x");
    const isBox = u.cursor.drag?.y === true && height >= DRAG_PX;
    const ys: [number, number] = [u.posToVal(top + height, "y"), u.posToVal(top, "y")];
    u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
    if (to > from) this.events.onZoom([from, to], isBox && ys[1] > ys[0] ? ys : undefined);
  }

  private listen(u: uPlot): void {
    const { over } = u;
    let pressedAt: [number, number] | null = null;
    // Before uPlot hears of it: with the shift key a drag is a box, of x and y.
    over.addEventListener("mousedown", ({ shiftKey }) => Object.assign(u.cursor.drag!, { y: shiftKey }), true);
    over.addEventListener("mousemove", (event) => {
      const box = over.getBoundingClientRect();
      const left = event.clientX - box.left;
      const top = event.clientY - box.top;
      const x = u.posToVal(left, "x");
      this.pointerTop = top;
      this.events.onPoint({
        x,
        y: u.posToVal(top, "y"),
        clientX: event.clientX,
        clientY: event.clientY,
        run: this.nearest(u, x, top),
      });
    });
    over.addEventListener("mouseleave", () => {
      this.pointerTop = 0;
      this.events.onPoint(null);
    });
    over.addEventListener("contextmenu", (event) => {
      if (!this.events.onMenu) return;
      event.preventDefault();
      const { clientX, clientY } = event;
      this.events.onMenu({ x: u.posToVal(clientX - over.getBoundingClientRect().left, "x"), clientX, clientY });
    });
    over.addEventListener("mousedown", (event) => {
      pressedAt = [event.clientX, event.clientY];
    });
    over.addEventListener("click", (event) => {
      const moved = pressedAt && Math.hypot(event.clientX - pressedAt[0], event.clientY - pressedAt[1]) > DRAG_PX;
      if (moved || event.detail > 1) return;
      const box = over.getBoundingClientRect();
      const run = this.nearest(u, u.posToVal(event.clientX - box.left, "x"), event.clientY - box.top);
      if (run) this.events.onPick(run);
    });
    over.addEventListener(
      "wheel",
      (event) => {
        if (!event.ctrlKey && !event.metaKey) return;
        event.preventDefault();
        const centre = u.posToVal(event.clientX - over.getBoundingClientRect().left, "x");
        const factor = Math.exp(Math.max(Math.min(event.deltaY, 60), -60) / 200);
        const [from, to] = this.xRange;
        this.events.onZoom([centre - (centre - from) * factor, centre + (to - centre) * factor]);
      },
      { passive: false },
    );
  }

  private nearest(u: uPlot, x: number, top: number): string | null {
    const { lines, log } = this.content!;
    const reach = (this.xRange[1] - this.xRange[0]) / 100;
    let best: string | null = null;
    let distance = REACH_PX;
    for (const line of lines) {
      let y = interpolate(line, x);
      if (!Number.isFinite(y)) y = valueAt(line, x, reach)?.y ?? Number.NaN;
      if (!Number.isFinite(y) || (log && y <= 0)) continue;
      const away = Math.abs(u.valToPos(y, "y") - top);
      if (away < distance) {
        distance = away;
        best = line.run;
      }
    }
    return best;
  }

  private paint(u: uPlot): void {
    const { lines, marks } = this.content!;
    const paper = this.paperOf(u);
    u.ctx.save();
    drawLines(paper, lines);
    drawNonFinite(paper, lines);
    drawMarks(paper, marks);
    u.ctx.restore();
    this.paintHighlight(u);
  }

  private paintHighlight(u: uPlot): void {
    const { lines, marks } = this.content!;
    const chosen = lines.filter((line) => line.run === this.highlighted);
    if (chosen.length === 0 && !this.layer) return;
    this.layer ??= new Highlight(u.ctx.canvas);
    this.layer.paint(this.paperOf(u), chosen, lines, marks);
  }

  private paperOf(u: uPlot): Paper {
    const { ink, log, logX } = this.content!;
    const { left, top, width, height } = u.bbox;
    return {
      context: u.ctx,
      ink,
      left,
      top,
      width,
      height,
      ratio: uPlot.pxRatio,
      fromX: this.xRange[0],
      toX: this.xRange[1],
      log,
      logX,
      toPx: placer(this.xRange, left, width, logX),
      toPy: placer(this.yRange, top + height, -height, log),
    };
  }
}

/** The plotted area in CSS pixels from the plot's top left. */
function inCssPx({ left, top, width, height }: uPlot.BBox): uPlot.BBox {
  const ratio = uPlot.pxRatio;
  return { left: left / ratio, top: top / ratio, width: width / ratio, height: height / ratio };
}
