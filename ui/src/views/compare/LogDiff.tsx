/** The beginning or the end of two runs' logs, line by line. */
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo } from "react";
import { Link } from "wouter";
import { fetchConsole } from "../../net/console";
import { type Place, placeKey } from "../../net/projects";
import type { Run } from "../../net/shapes";
import { changedLines } from "../../series/diff";
import { firstDifference, logChanges } from "../../series/diffLogs";
import { cutMiddle } from "../../series/names";
import { t } from "../../texts";
import { runAt } from "../addresses";
import { DiffLines } from "../parts/DiffLines";
import { Icon } from "../parts/Icon";
import { Switch } from "../parts/Menus";
import parts from "../parts/parts.module.css";
import type { Pair } from "./CodeDiff";
import styles from "./pair.module.css";
import { useTurned } from "./turned";

/** Lines of each log that are compared. */
const LINES = 1000;
const ENDS = ["first", "last"] as const;
type End = (typeof ENDS)[number];

const linesQuery = (place: Place, run: Run, end: End) => ({
  queryKey: [...placeKey(place), "console", run.id, "compared", end],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    fetchConsole(place, run.id, end === "first" ? 0 : -LINES, LINES, signal),
  enabled: run.log_lines > 0,
});

export function LogDiff({ place, base, other, choice }: Pair & { choice: ReactNode }) {
  const [open, turnOpen] = useTurned("log");
  const [isLast, turnEnd] = useTurned("log-last");
  const [times, turnTimes] = useTurned("log-times");
  const end: End = isLast ? "last" : "first";
  const theirs = useQuery(linesQuery(place, base.row, end));
  const mine = useQuery(linesQuery(place, other.row, end));
  const silent = [base, other].filter(({ row }) => row.log_lines === 0);
  const lines = useMemo(() => {
    const texts = (answer: typeof mine) => answer.data?.lines.map(({ text }) => text) ?? [];
    const isRead = (answer: typeof mine, run: Run) => answer.isSuccess || run.log_lines === 0;
    if (!isRead(theirs, base.row) || !isRead(mine, other.row)) return null;
    return logChanges(texts(theirs), texts(mine), times);
  }, [theirs, mine, base.row, other.row, times]);
  const failed = theirs.error ?? mine.error;
  const at = lines && firstDifference(lines);
  const all = Math.max(theirs.data?.lines.length ?? 0, mine.data?.lines.length ?? 0);
  const isPart = Math.max(base.row.log_lines, other.row.log_lines) > LINES;
  const { added, removed } = changedLines(lines ?? []);
  const said =
    silent.length === 2
      ? t.compare.noLog
      : silent.length === 1
        ? t.compare.noLogOf(cutMiddle(silent[0]!.row.name, 32))
        : !lines
          ? ""
          : at === null
            ? t.compare.sameLog(all)
            : end === "first"
              ? t.compare.firstDiffers(at, all)
              : t.compare.logDiffers(added, removed);
  const hasLines = silent.length < 2;
  return (
    <section className={styles.section} aria-label={t.compare.log}>
      <header className={styles.head}>
        <h2>
          <button type="button" aria-expanded={open} disabled={!hasLines} onClick={turnOpen}>
            {hasLines && <Icon name={open ? "chevronDown" : "chevronRight"} size={14} />}
            {t.compare.log}
          </button>
        </h2>
        <span className={styles.said} role="status">
          {said}
        </span>
        {choice}
      </header>
      {failed && <p className={styles.note}>{t.errors.failed(failed.message || t.errors.unreachable)}</p>}
      {open && hasLines && lines && (
        <>
          <div className={styles.tools}>
            <span className={parts.segmented} role="group" aria-label={t.compare.ends}>
              {ENDS.map((one) => (
                <button key={one} type="button" aria-pressed={one === end} onClick={() => one !== end && turnEnd()}>
                  {t.compare[one]}
                </button>
              ))}
            </span>
            <span className={styles.switch}>
              <span id="without-times">{t.compare.times}</span>
              <Switch on={!times} onChange={turnTimes} labelledBy="without-times" />
            </span>
            <span className={styles.links}>
              {[base, other].map(({ row }) => (
                <Link key={row.id} href={runAt(place, row.id, "logs")}>
                  {t.compare.openLog(cutMiddle(row.name, 18, 9))}
                </Link>
              ))}
            </span>
          </div>
          {isPart && <p className={styles.note}>{t.compare.logPart(end === "first", LINES)}</p>}
          <div className={styles.folded}>
            <DiffLines lines={lines} label={t.compare.log} />
          </div>
        </>
      )}
    </section>
  );
}
