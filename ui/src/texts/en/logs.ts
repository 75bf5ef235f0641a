/** A run's log. */
import { count } from "../../series/format";
import type { Shape } from ".";

export const logs = {
  label: "Log",
  search: "Search the log",
  hits: (at: number, n: number, more: boolean) => `${count(at)} of ${count(n)}${more ? "+" : ""} lines`,
  noHits: "no line",
  previous: "Previous hit",
  next: "Next hit",
  stderr: "err",
  regex: "Regular expression",
  wrap: "Wrap",
  time: "Time",
  follow: "Follow",
  following: "Following",
  lines: (n: number) => `${count(n)} ${n === 1 ? "line" : "lines"}, all kept`,
  streams: { all: "All", info: "stdout", error: "stderr" },
  stream: "Stream",
  writer: "Writer",
  everyWriter: "all writers",
  times: "Times",
  chosen: (shown: number, all: number) => `${count(shown)} of ${count(all)} lines`,
  chosenCut: "of a log as mixed as this one only the first lines that match are listed",
  noneChosen: "No line matches.",
  showAll: "Show every line",
  selected: (n: number) => `Line ${count(n)} selected`,
  copyLink: "Copy link",
  none: "Nothing was printed.",
  noneRunning: "Nothing has been printed yet.",
  nextHit: "next hit",
  end: "end",
  line: (n: number) => `Line ${count(n)}`,
};

export type LogTexts = Shape<typeof logs>;
