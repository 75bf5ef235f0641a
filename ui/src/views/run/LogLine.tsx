/** One line of a log, and the ruler beside all of them. */
import type { ConsoleLine } from "../../net/shapes";
import { count } from "../../series/format";
import { cutMiddle } from "../../series/names";
import { logText } from "../../texts/ofRun";
import { clock } from "../parts/moments";
import { LogText } from "./LogText";
import styles from "./logs.module.css";

/** Characters of a writer's name that its column has room for. */
const RANK_CHARACTERS = 11;
/** A progress bar on stderr is no error, and a warning is none either. */
const PROGRESS = /\d+%\||it\/s|s\/it/;
const WARNING = /\bwarn(ing)?\b/i;

/** How the lines of a log look at the moment, and what choosing one does. */
export interface LogLook {
  chosen: number | null;
  /** The line of the search that is gone to. */
  now: number | undefined;
  hit: RegExp | null;
  /** Whether lines around it name their writers. */
  labelled: boolean;
  /** Whether the time is shown. */
  timed: boolean;
  onChoose: (n: number) => void;
}

export function Line({ n, line, look }: { n: number; line: ConsoleLine | undefined; look: LogLook }) {
  const { chosen, now, hit, labelled, timed, onChoose } = look;
  const fromStderr = line?.level === "error";
  const tone = !fromStderr || PROGRESS.test(line.text) ? undefined : WARNING.test(line.text) ? "warn" : "err";
  return (
    <div
      className={styles.logLine}
      data-line={n + 1}
      data-chosen={n === chosen || n === now}
      data-now={n === now}
      data-tone={tone}
    >
      <button
        type="button"
        className={styles.logNumber}
        tabIndex={-1}
        aria-label={logText.line(n + 1)}
        onClick={() => onChoose(n)}
      >
        {count(n + 1)}
      </button>
      {timed && <span className={styles.logTime}>{line?.t != null ? fineClock(line.t) : ""}</span>}
      {labelled && (
        <span className={styles.logRank} title={line?.label}>
          {cutMiddle(line?.label ?? "", RANK_CHARACTERS, 4)}
        </span>
      )}
      <span className={styles.logLevel}>{fromStderr && logText.stderr}</span>
      <span className={styles.logText}>{line && <LogText text={line.text} hit={hit} />}</span>
    </div>
  );
}

function fineClock(time: number): string {
  return `${clock(time)}.${String(Math.floor((time % 1) * 1000)).padStart(3, "0")}`;
}

/** Marks kept apart on the ruler; more would lie on each other. */
const RULER_MARKS = 300;

export function Ruler({ total, hits, from, shown }: { total: number; hits: number[]; from: number; shown: number }) {
  const share = (line: number) => `${(Math.min(line / Math.max(total, 1), 1) * 100).toFixed(2)}%`;
  const places = new Set(hits.map((line) => Math.floor((line / Math.max(total, 1)) * RULER_MARKS)));
  return (
    <div className={styles.ruler} aria-hidden="true">
      {total > shown && <b style={{ top: share(from), height: share(shown) }} />}
      {[...places].map((place) => (
        <i key={place} style={{ top: `${((place / RULER_MARKS) * 100).toFixed(2)}%` }} />
      ))}
    </div>
  );
}
