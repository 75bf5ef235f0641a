/** The page that compares runs. */
import { count } from "../../series/format";
import { runs } from "./counts";

export const compare = {
  compared: (shown: number, asked: number) => (shown === asked ? runs(shown) : `${count(shown)} of ${runs(asked)}`),
  baseline: "Baseline",
  isBaseline: "baseline",
  makeBaseline: (name: string) => `Compare with ${name}`,
  remove: (name: string) => `Leave out ${name}`,
  onlyDiffering: "Only what differs",
  differ: (differing: number, all: number) => `${count(differing)} of ${count(all)} keys differ`,
  keys: "Keys by run",
  key: "Key",
  rooms: { summary: "Summary", config: "Config", meta: "Environment" },
  ofKeys: (shown: number, all: number) => `${count(shown)} of ${count(all)}`,
  more: (n: number) => `Show ${count(n)} more`,
  hidden: (n: number) => `${count(n)} ${n === 1 ? "key is" : "keys are"} equal in all and hidden`,
  nothing: "No key matches.",
  few: "Choose at least two runs to compare",
  fewMore: "Select them in the table, then press c.",
  toTable: "To the table of runs",
  parting: "Where they part",
  against: (metric: string, name: string) => `${metric}, each against ${name}`,
  metric: "Metric",
  noMetric: "These runs have no metric to draw.",
  partsAt: (step: string) => `parts at ${step}`,
  step: (step: string) => `step ${step}`,
  together: "doesn't part",
  lacking: "has no points",
  not: (key: string, value: string, baseline: string) => `${key} ${value}, not ${baseline}`,
  only: (key: string, value: string) => `${key} ${value}, not set there`,
  without: (key: string, baseline: string) => `no ${key}, ${baseline} there`,
  andMore: (n: number) => `and ${count(n)} more`,
  sameConfig: "same config",
  rule: (points: number, times: number) =>
    `Parted: ${points} points in a row are further from the baseline than ${times} × the usual change between neighbouring points, and than 1 % of its range.`,
};
