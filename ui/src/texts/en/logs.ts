/** A run's log. */
import { count } from "../../series/format";

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
  selected: (n: number) => `Line ${count(n)} selected`,
  copyLink: "Copy link",
  none: "Nothing was printed.",
  noneRunning: "Nothing has been printed yet.",
  nextHit: "next hit",
  end: "end",
  line: (n: number) => `Line ${count(n)}`,
};
