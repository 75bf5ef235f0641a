/** Media: one of them, by kind. */
import { count } from "../../series/format";
import { counted } from "./counts";

export const media = {
  kinds: {
    image: counted("image", "images"),
    video: counted("video", "videos"),
    audio: counted("audio clip", "audio clips"),
    html: counted("HTML page", "HTML pages"),
    table: counted("table", "tables"),
    plotly: counted("Plotly chart", "Plotly charts"),
    bokeh: counted("Bokeh chart", "Bokeh charts"),
    object3D: counted("3D object", "3D objects"),
    molecule: counted("molecule", "molecules"),
    graph: counted("model graph", "model graphs"),
    model: counted("model", "models"),
    artifact: counted("artifact", "artifacts"),
    histogram: (n: number) => `histogram, ${count(n)} bins`,
  },
  other: (type: string) => type,
};

export const mediaViews = {
  page: (name: string) => `HTML page ${name}`,
  openPage: "Open in a tab of its own",
  sound: (name: string) => `Sound ${name}`,
  video: (name: string) => `Video ${name}`,
  unplayable: "This browser can't play it; download it instead.",
  unreadable: (why: string) => `It can't be shown: ${why}`,
  loading: "Loading",
  none: "Nothing is in it.",
  points: (n: number) => counted("1 point", "points")(n),
  pointsOf: (n: number, total: number) => `${count(n)} of ${count(total)} points`,
  boxes: (n: number) => counted("1 box", "boxes")(n),
  vectors: (n: number) => counted("1 arrow", "arrows")(n),
  faces: (n: number) => counted("1 face", "faces")(n),
  reset: "Reset the view",
  scene: "3-D scene: drag to turn, wheel to zoom, right drag to move",
  noWebgl: "This browser draws no 3-D here (WebGL is off).",
  tooLarge: (bytes: string, most: string) => `It has ${bytes}; up to ${most} are shown here.`,
  not3d: (suffix: string) => `${suffix} files aren't drawn here; download it instead.`,
  figureText: (types: string) => `A Plotly figure with ${types}, which this page doesn't draw.`,
  figurePart: (types: string) => `Without its ${types}, which this page doesn't draw.`,
  figureFile: "Figure as JSON",
  layers: (n: number) => counted("1 layer", "layers")(n),
  parameters: (n: number) => counted("1 parameter", "parameters")(n),
  layer: "Layer",
  layerType: "Type",
  outputShape: "Output shape",
  parameterCount: "Parameters",
  lines: (shown: number, total: number) => `${count(shown)} of ${count(total)} lines`,
};

export const charts = {
  unknown: (chart: string) => `Nobody here knows the specification ${chart}.`,
  noTable: "The table behind this chart hasn't arrived.",
  failed: (why: string) => `This chart can't be drawn: ${why}`,
  malformed: "Vega can't read its specification",
  noLoading: "its specification asks for an address, and charts load nothing",
  cut: (drawn: number, total: number) => `${count(drawn)} of ${count(total)} rows are drawn`,
  label: (name: string) => `Chart ${name}`,
  save: "Save as PNG",
};
