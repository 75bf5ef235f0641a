/** What went wrong, before anything else: the error, the last lines, and plain facts; never a guess. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { fetchConsole } from "../../net/console";
import { type Place, placeKey } from "../../net/projects";
import type { Run } from "../../net/shapes";
import { stripAnsi } from "../../series/ansi";
import { count } from "../../series/format";
import { asNumber } from "../../series/tagged";
import { t } from "../../texts";
import { logText } from "../../texts/ofRun";
import { runAt } from "../addresses";
import { dayAndTime } from "../parts/moments";
import parts from "../parts/parts.module.css";
import { StateGlyph } from "../parts/RunMarks";
import { LogText } from "./LogText";
import styles from "./run.module.css";

const LINES = 5;

export function Failure({ place, run }: { place: Place; run: Run }) {
  const bad = run.state === "failed" || run.state === "crashed";
  const lines =
    useQuery({
      queryKey: [...placeKey(place), "console", run.id, "tail"],
      queryFn: ({ signal }) => fetchConsole(place, run.id, -LINES, LINES, signal),
      enabled: bad && run.log_lines > 0,
    }).data?.lines ?? [];
  if (!bad) return null;
  const lastError = [...lines].reverse().find((line) => line.level === "error" && /\w/.test(line.text));
  const firstLine = run.error?.trim().split("\n").at(-1);
  const title =
    firstLine ||
    (run.state === "crashed"
      ? t.run.failure.crashed
      : (lastError && stripAnsi(lastError.text)) || t.run.failure.failed);
  const nonFinite = asNumber(run.record.non_finite) ?? 0;
  const rows = asNumber(run.record.rows) ?? 0;
  const at = lastError ?? lines.at(-1);
  // A run that a `with` block closed has ended before Python printed the traceback: then the run's own record is shown too.
  const printed = lines.some((line) => stripAnsi(line.text).trim() === firstLine);
  const traceback = printed || !run.error ? [] : run.error.trimEnd().split("\n").slice(-LINES);
  return (
    <section className={styles.failure} data-tone={run.state === "crashed" ? "warn" : "err"} aria-label={title}>
      <div className={styles.failureHead}>
        <span style={{ color: run.state === "crashed" ? "var(--warn)" : "var(--err)", display: "inline-flex" }}>
          <StateGlyph state={run.state} />
        </span>
        <strong>{title}</strong>
        {at && (
          <Link href={`${runAt(place, run.id, "logs")}#L${at.n + 1}`} className={`${parts.button} ${parts.plain}`}>
            {t.run.failure.openLogAt(count(at.n + 1))}
          </Link>
        )}
      </div>
      <div className={styles.failureBody}>
        <div className={styles.failureLog}>
          {lines.map((line) => (
            <div key={line.n} style={{ color: line.level === "error" ? "var(--err)" : undefined }}>
              <i>{count(line.n + 1)}</i>
              <LogText text={line.text} />
            </div>
          ))}
          {traceback.map((text, n) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of one text, in order
            <div key={n} style={{ color: "var(--err)" }}>
              <i />
              <LogText text={text} />
            </div>
          ))}
          {lines.length + traceback.length === 0 && logText.none}
        </div>
        <dl className={styles.failureFacts}>
          {run.exit_code !== null && (
            <div>
              <dt>{t.run.failure.exit}</dt>
              <dd>{run.exit_code}</dd>
            </div>
          )}
          {run.heartbeat_at !== null && (
            <div>
              <dt>{t.run.failure.lastHeard}</dt>
              <dd>{dayAndTime(run.heartbeat_at)}</dd>
            </div>
          )}
          <div>
            <dt>{t.run.failure.kept}</dt>
            <dd>{t.run.failure.keptRows(count(rows))}</dd>
          </div>
          {nonFinite > 0 && (
            <div>
              <dt>{t.run.failure.nonFinite}</dt>
              <dd>{t.run.failure.nonFiniteValues(count(nonFinite))}</dd>
            </div>
          )}
          {run.state === "crashed" && <p style={{ color: "var(--muted)" }}>{t.run.failure.crashedMore}</p>}
        </dl>
      </div>
    </section>
  );
}
