/** Saves what a line chart shows: its picture or its values. */
import type { DrawnLine } from "../../chart/drawing";
import { readInk } from "../../chart/ink";
import type { SeriesAsked } from "../../net/metrics";
import { asCsv, asSvg, type ExportedChart } from "../../series/chartExport";
import { chartSnippet } from "../../series/snippets";
import { serverAddress } from "../../state/serverAddress";
import { say } from "../../state/toasts";
import type { XAxis } from "../../state/view";
import { t } from "../../texts";
import { copyText } from "../parts/Controls";
import { fileName, saveFile } from "../parts/saveFile";
import { axisName } from "./AxisMenu";
import { panelLines, panelPlots } from "./panelLines";

/** Size of a saved picture, whatever the panel's: it goes into slides and papers. */
const PICTURE = { width: 960, height: 540 };
const PIXELS = 2;

/** Saves a panel that is on the page. */
export async function saveChart(kind: "png" | "svg" | "csv", panel: string, title: string, x: XAxis): Promise<void> {
  const drawn = panelLines.get(panel);
  const plot = panelPlots.get(panel);
  if (!drawn || !plot) return;
  const ink = readInk(document.documentElement);
  const chart: ExportedChart = {
    title,
    x: drawn.titles?.x || axisName(x),
    y: drawn.titles?.y,
    rangeX: plot.shownX,
    rangeY: plot.shownY,
    log: plot.scales.log,
    logX: plot.scales.logX,
    marks: drawn.marks,
    lines: drawn.lines.map((line) => ({
      ...line,
      ...(kind === "csv"
        ? { name: drawn.names.run(line) }
        : { name: drawn.names.legend(line, lastPoint(line)), label: "" }),
      colour: ink.runs[line.hue - 1] ?? ink.muted,
    })),
  };
  try {
    if (kind === "csv") return saveFile(fileName(title, "csv"), new Blob([asCsv(chart)], { type: "text/csv" }));
    const colours = { text: ink.text, muted: ink.muted, grid: ink.grid, paper: ink.panel };
    const font = getComputedStyle(document.body).fontFamily;
    const svg = new Blob([asSvg(chart, PICTURE, colours, font)], { type: "image/svg+xml" });
    saveFile(fileName(title, kind), kind === "svg" ? svg : await asPng(svg));
  } catch (error) {
    say(t.errors.failed((error as Error).message), { tone: "error" });
  }
}

/** Copies a script that reads every point of these metrics of the runs that a chart draws, alone or in groups. */
export async function copyChartScript(asked: SeriesAsked, keys: readonly string[]): Promise<void> {
  const { place, runs, groups, x, stream } = asked;
  const script = chartSnippet({
    server: serverAddress(),
    path: `${place.entity}/${place.project}`,
    runs: groups ? groups.flatMap((group) => group.runs) : runs,
    keys,
    x,
    stream,
  });
  if (await copyText(script)) say(t.actions.copied);
}

const lastPoint = ({ x, y }: DrawnLine) => ({ x: x[x.length - 1] ?? 0, y: y[y.length - 1] ?? Number.NaN });

async function asPng(svg: Blob): Promise<Blob> {
  const address = URL.createObjectURL(svg);
  try {
    const picture = new Image();
    picture.src = address;
    await picture.decode();
    const canvas = document.createElement("canvas");
    canvas.width = picture.width * PIXELS;
    canvas.height = picture.height * PIXELS;
    canvas.getContext("2d")!.drawImage(picture, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) =>
      canvas.toBlob((blob) => (blob ? resolve(blob) : reject(new Error("no picture"))), "image/png"),
    );
  } finally {
    URL.revokeObjectURL(address);
  }
}
