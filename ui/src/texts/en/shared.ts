/** Texts that several pages share. */
import { plain } from "../../series/format";
import { runs } from "./counts";

export const day = (date: Date) =>
  date.toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });

export const dayAndTime = (day: string, time: string) => `${day}, ${time}`;

export const product = "Runwell";

export const title = (page: string) => `${page} · Runwell`;

export const states = {
  pending: "Waiting",
  running: "Running",
  finished: "Finished",
  failed: "Failed",
  crashed: "Crashed",
  interrupted: "Interrupted",
  preempted: "Preempted",
  killed: "Stopped",
};

/** The same in the run list, where room is short. */
export const stateNotes = {
  pending: "waiting",
  running: "live",
  finished: "",
  failed: "failed",
  crashed: "crashed",
  interrupted: "interrupted",
  preempted: "preempted",
  killed: "stopped",
};

export const stateHead = (state: string, exitCode: number | null) =>
  exitCode !== null && exitCode !== 0 ? `${state}, exit code ${plain(exitCode)}` : state;

export const ago = {
  never: "never",
  now: "just now",
  minutes: (n: number) => `${n} min ago`,
  hours: (n: number) => `${n} h ago`,
  days: (n: number) => `${n} d ago`,
};

export const actions = {
  cancel: "Cancel",
  save: "Save",
  close: "Close",
  copy: "Copy",
  copied: "Copied",
  undo: "Undo",
  clear: "Clear",
  remove: "Remove",
  retry: "Try again",
  download: "Download",
  back: "Back",
  more: "More",
};

export const errors = {
  unreachable: "The server can't be reached. Is it still running?",
  failed: (message: string) => `That didn't work: ${message}`,
  notFound: "There is nothing at this address",
  notFoundMore: "It may have been deleted, or belong to somebody else.",
  goHome: "All projects",
  broken: "This page ran into a defect of Runwell.",
  brokenMore: "Nothing that was recorded is affected. Reload to go on.",
  reload: "Reload",
};

export const runsCount = runs;

export const linkCopied = "Link copied";
