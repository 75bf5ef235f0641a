/** What a line chart shows, as a file: values as CSV, the picture as SVG. */
import { decimate } from "./decimate";
import { figure } from "./format";
import { indexAt, type Line } from "./line";
import { axisLabels, logLabels, logSplits } from "./ticks";

export interface ExportedLine extends Line {
  /** The run's or group's name, and the metric's where there are several. */
  name: string;
  label?: string;
  colour: string;
  dash: readonly number[];
}

export interface ExportedChart {
  title: string;
  /** What x is, in words. */
  x: string;
  /** What y is, where that isn't the title. */
  y?: string;
  lines: ExportedLine[];
  rangeX: [number, number];
  rangeY: [number, number];
  log: boolean;
  logX: boolean;
  marks: { x: number; text: string }[];
}

/** A cell that a spreadsheet takes for a formula is led by a quote. */
function cell(text: string): string {
  const safe = /^[=+\-@\t\r]/.test(text) && !Number.isFinite(Number(text)) ? `'${text}` : text;
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Gives the values in the shown range, a row for each point: as drawn, with the band where there is one. */
export function asCsv({ lines, rangeX: [from, to], x }: ExportedChart): string {
  const rows = [["run", "metric", x, "value", "low", "high"]];
  for (const line of lines) {
    for (let i = indexAt(line.x, from); i < line.x.length && line.x[i]! <= to; i++) {
      const low = line.low ? String(line.low[i]) : "";
      const high = line.high ? String(line.high[i]) : "";
      rows.push([line.name, line.key, String(line.x[i]), String(line.y[i]), low, high]);
    }
  }
  return `${rows.map((row) => row.map(cell).join(",")).join("\r\n")}\r\n`;
}

const MARGIN = { top: 40, right: 16, bottom: 34, left: 60 };
const LEGEND_PX = 18;
/** Lines that the legend of a picture names; the others are counted. */
const NAMED = 30;

const escaped = (text: string) =>
  text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;").replaceAll('"', "&quot;");

/** Gives round values between two, about so many. */
export function roundTicks(from: number, to: number, about: number): number[] {
  const raw = (to - from) / Math.max(about, 1);
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((by) => by * power).find((by) => by >= raw) ?? raw;
  const ticks: number[] = [];
  for (let i = Math.ceil(from / step); i * step <= to + step * 1e-9; i++)
    ticks.push(Number((i * step).toPrecision(12)));
  return ticks;
}

/**
 * Draws the chart as an SVG document of its own, with a legend: away from the page nothing else says which line is
 * whose.
 *
 * @param ink colours of text, grid and paper. @param font family of the text.
 */
export function asSvg(
  chart: ExportedChart,
  size: { width: number; height: number },
  ink: { text: string; muted: string; grid: string; paper: string },
  font: string,
): string {
  const { lines, rangeX, rangeY, log, logX } = chart;
  const named = lines.slice(0, NAMED);
  const legend = named.length * LEGEND_PX + (lines.length > NAMED ? LEGEND_PX : 0) + 12;
  const { width, height: plot } = size;
  const height = plot + legend;
  const right = width - MARGIN.right;
  const bottom = plot - MARGIN.bottom;
  const scale = ([low, high]: [number, number], start: number, end: number, isLog: boolean) => {
    const place = isLog ? Math.log : (value: number) => value;
    const by = (end - start) / (place(high) - place(low));
    return (value: number) => start + (place(value) - place(low)) * by;
  };
  const px = scale(rangeX, MARGIN.left, right, logX);
  const py = scale(rangeY, bottom, MARGIN.top, log);
  const round = (value: number) => Math.round(value * 100) / 100;
  const out: string[] = [];
  const text = (x: number, y: number, words: string, more: string) =>
    out.push(`<text x="${round(x)}" y="${round(y)}" ${more}>${escaped(words)}</text>`);

  const ticksX = logX ? logSplits(...rangeX) : roundTicks(...rangeX, width / 100);
  const ticksY = log ? logSplits(...rangeY) : roundTicks(...rangeY, plot / 60);
  const labelsX = logX ? logLabels(ticksX) : axisLabels(ticksX);
  const labelsY = log ? logLabels(ticksY) : axisLabels(ticksY);
  ticksX.forEach((tick, i) => {
    const x = round(px(tick));
    out.push(`<path d="M${x} ${MARGIN.top}V${bottom}" stroke="${ink.grid}"/>`);
    text(x, bottom + 16, labelsX[i] ?? figure(tick), `fill="${ink.muted}" text-anchor="middle"`);
  });
  ticksY.forEach((tick, i) => {
    const y = round(py(tick));
    out.push(`<path d="M${MARGIN.left} ${y}H${right}" stroke="${ink.grid}"/>`);
    text(MARGIN.left - 8, y + 4, labelsY[i] ?? figure(tick), `fill="${ink.muted}" text-anchor="end"`);
  });
  out.push(`<path d="M${MARGIN.left} ${bottom}H${right}" stroke="${ink.muted}"/>`);
  text(MARGIN.left, 24, chart.title, `fill="${ink.text}" font-weight="600" font-size="14"`);
  text(right, bottom + 30, chart.x, `fill="${ink.muted}" text-anchor="end"`);

  if (chart.y) {
    const middle = (MARGIN.top + bottom) / 2;
    text(14, middle, chart.y, `fill="${ink.muted}" text-anchor="middle" transform="rotate(-90 14 ${middle})"`);
  }

  const drawable = (value: number) => Number.isFinite(value) && (!log || value > 0);
  const body: string[] = [];
  for (const line of lines) {
    const { low, high } = line;
    const columns = right - MARGIN.left;
    if (low && high) {
      const kept = Array.from(decimate(line.x, high, ...rangeX, columns, logX)).filter(
        (i) => drawable(high[i]!) && Number.isFinite(low[i]!),
      );
      const floor = (value: number) => (log && value <= 0 ? bottom : py(value));
      const above = kept.map((i) => `${round(px(line.x[i]!))} ${round(py(high[i]!))}`);
      const below = kept.reverse().map((i) => `${round(px(line.x[i]!))} ${round(floor(low[i]!))}`);
      if (above.length > 1)
        body.push(`<path d="M${[...above, ...below].join("L")}Z" fill="${line.colour}" opacity=".12"/>`);
    }
  }
  for (const line of lines) {
    const kept = decimate(line.x, line.y, ...rangeX, right - MARGIN.left, logX);
    let path = "";
    let pen = false;
    for (const i of kept) {
      const value = line.y[i]!;
      if (!drawable(value) || (logX && line.x[i]! <= 0)) {
        pen = false;
        continue;
      }
      path += `${pen ? "L" : "M"}${round(px(line.x[i]!))} ${round(py(value))}`;
      pen = true;
    }
    const dash = line.dash.length > 0 ? ` stroke-dasharray="${line.dash.join(" ")}"` : "";
    body.push(`<path d="${path}" fill="none" stroke="${line.colour}" stroke-width="1.5"${dash}/>`);
  }
  const box = `x="${MARGIN.left}" y="${MARGIN.top}" width="${right - MARGIN.left}" height="${bottom - MARGIN.top}"`;
  out.push(`<clipPath id="plot"><rect ${box}/></clipPath><g clip-path="url(#plot)">${body.join("")}</g>`);
  for (const mark of chart.marks) {
    if (mark.x < rangeX[0] || mark.x > rangeX[1] || (logX && mark.x <= 0)) continue;
    const x = round(px(mark.x));
    out.push(`<path d="M${x} ${MARGIN.top}V${bottom}" stroke="${ink.muted}" stroke-dasharray="3 3"/>`);
    const [at, anchor] = x > (MARGIN.left + right) / 2 ? [x - 4, "end"] : [x + 4, "start"];
    text(at, MARGIN.top + 12, mark.text, `fill="${ink.text}" text-anchor="${anchor}"`);
  }
  named.forEach((line, i) => {
    const y = plot + 8 + i * LEGEND_PX;
    const dash = line.dash.length > 0 ? ` stroke-dasharray="${line.dash.join(" ")}"` : "";
    out.push(`<path d="M${MARGIN.left} ${y}h20" stroke="${line.colour}" stroke-width="2"${dash}/>`);
    text(MARGIN.left + 28, y + 4, [line.name, line.label].filter(Boolean).join(" · "), `fill="${ink.text}"`);
  });
  if (lines.length > NAMED) {
    const more = `+ ${lines.length - NAMED}`;
    text(MARGIN.left + 28, plot + 12 + NAMED * LEGEND_PX, more, `fill="${ink.muted}"`);
  }
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" ` +
    `font-family="${escaped(font)}" font-size="12"><rect width="100%" height="100%" fill="${ink.paper}"/>${out.join("")}</svg>`
  );
}
