/** The charts of the workspace, what they say under the pointer, and the step cursor. */
import { count } from "../../series/format";
import { runs } from "./counts";

export const panels = {
  label: "Panels",
  filter: "Filter panels",
  filterShort: "Panels",
  x: "x",
  axes: { step: "step", percent: "percent of run", runtime: "relative time", timestamp: "wall time" },
  axesShort: { step: "step", percent: "%", runtime: "relative", timestamp: "wall" },
  smooth: "Smooth",
  smoothLabel: "Smoothing",
  log: "Log y",
  fit: "Fit all",
  zoomed: "Zoomed",
  fitShortest: "Fit to the shortest run",
  fitPercent: "Each run from start to end",
  uneven: "lengths differ a lot",
  fitTitle: "Show the whole x range",
  shown: (shown: number, total: number) => `${count(shown)} of ${count(total)} panels shown`,
  none: "No panel matches.",
  noneYet: "No metric has been logged yet.",
  noneYetMore: "Charts appear here with the first logged value.",
  nothingDrawn: "No drawn run has this metric.",
  nothingInZoom: "No value in the shown range.",
  loading: "Loading",
  main: "Charts",
  nothingOver: (x: string) => `No drawn run has this metric together with ${x}.`,
  over: (x: string) => `over ${x}`,
  lacking: (n: number) => `${runs(n)} without it`,
  own: "own step metric",
  likeOthers: "like the others",
  axis: "x axis of all charts",
  axisOf: (key: string) => `x axis of ${key}`,
  stepMetrics: "Step metrics",
  otherMetrics: "Metrics",
  findAxis: "Find a metric",
  hidden: (n: number) => `${count(n)} hidden by the script, found by name`,
  notDrawn: (n: number) => `${count(n)} ${n === 1 ? "key holds" : "keys hold"} text`,
  noneDrawn: "No number has been logged yet.",
  noneDrawnMore: "What was logged is text; the runs' pages show it.",
  outside: (n: number) => `▲ ${runs(n)} out of range`,
  logNote: "log",
  logBelow: (n: number) => `log, ▼ ${runs(n)} ≤ 0`,
  clip: "Ignore outliers",
  clipTitle: "Fit the y range to most values; what lies outside is counted",
  fullscreen: (key: string) => `Show ${key} full screen`,
  leave: "Leave full screen",
  next: "Next panel",
  previous: "Previous panel",
  canvas: (key: string, drawn: number, axis: string) =>
    `${key} over ${axis}, ${drawn === 1 ? "1 line" : `${count(drawn)} lines`}`,
  tableCaption: (key: string) => `Last values of ${key}`,
  tableRun: "Run",
  tableLast: "Last",
  tableMin: "Lowest",
  tableMax: "Highest",
  /** Said before and after a section's name, for those who listen. */
  fold: ["Fold ", ""],
  unfold: ["Unfold ", ""],
  moreKeys: (shown: number, total: number) => `The first ${count(shown)} of ${count(total)} metrics are listed.`,
  showMore: (n: number) => `Show ${count(n)} more`,
};

export const tooltip = {
  nearest: (shown: number, here: number) =>
    shown < here ? `${count(shown)} nearest of ${count(here)} here` : `all ${count(here)} here`,
  smoothed: (weight: string) => `smoothed ${weight}`,
  baseline: "baseline",
  freeze: "⇧ freeze",
  thaw: "⇧ thaw",
};

export const cursor = {
  label: { step: "Step cursor", percent: "Progress cursor", runtime: "Time cursor", timestamp: "Time cursor" },
  over: (x: string) => `${x} cursor`,
  back: "One step back",
  forward: "One step forward",
  of: (total: string) => `of ${total}`,
  none: "point at a chart",
  into: (time: string) => `${time} into the highlighted run`,
  move: "move",
};

/** What of the points isn't seen as a point: one line, its parts joined by commas. */
export const truth = {
  points: (n: string) => `${n} points`,
  none: "none hidden",
  coarser: "drawn coarser; min and max kept",
  sunk: (n: number, orMore: boolean) =>
    `${orMore ? "at least " : ""}${n === 1 ? "1 value" : `${count(n)} values`} ≤ 0 not on the log axis`,
  beyond: (charts: number) => `values out of range in ${charts === 1 ? "1 chart" : `${count(charts)} charts`}`,
  nan: (n: number) => `${count(n)} NaN`,
  up: (n: number) => `${count(n)} +∞`,
  down: (n: number) => `${count(n)} −∞`,
};
