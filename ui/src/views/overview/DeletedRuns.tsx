/** The deleted runs of a project, which may come back. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import { type Place, runsQuery } from "../../net/projects";
import type { WholeProject } from "../../net/shapes";
import { restore } from "../../state/edits";
import { say } from "../../state/toasts";
import { t } from "../../texts";
import { Card } from "../parts/Card";
import { Button } from "../parts/Controls";
import { useClock, useRowPx } from "../parts/hooks";
import { ago } from "../parts/moments";
import parts from "../parts/parts.module.css";
import { State } from "../parts/RunMarks";
import { MAX_SELECTED, matchingIds } from "../table/selecting";
import styles from "./overview.module.css";

/** Rows in view; the others are scrolled to, and read when they come near. */
const ROWS = 10;
const AHEAD = 60;
/** What a row is higher than one of the runs table. */
const CELL_PX = 9;
const HEAD_PX = 29;

export function DeletedRuns({ place, project }: { place: Place; project: WholeProject }) {
  const now = useClock(5000);
  const rowPx = useRowPx();
  const scroller = useRef<HTMLDivElement>(null);
  const [isBusy, setBusy] = useState(false);
  const answer = useInfiniteQuery(runsQuery(place, { deleted: true }));
  const runs = useMemo(() => answer.data?.pages.flatMap((page) => page.runs) ?? [], [answer.data]);
  const total = Math.max(answer.data?.pages.at(-1)?.matched ?? project.deleted_runs, runs.length);
  const virtual = useVirtualizer({
    count: runs.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx + CELL_PX,
    overscan: ROWS,
  });
  const near = virtual.getVirtualItems();
  const lastNear = near.at(-1)?.index ?? 0;
  const { hasNextPage, isFetching, fetchNextPage } = answer;
  useEffect(() => {
    if (hasNextPage && !isFetching && lastNear > runs.length - AHEAD) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage, lastNear, runs.length]);
  const bringBack = async (ids: string[], what: string) => {
    try {
      // As many as one request may name.
      for (let at = 0; at < ids.length; at += MAX_SELECTED) await restore(place, ids.slice(at, at + MAX_SELECTED));
      say(t.overview.restored(what));
    } catch (error) {
      say(t.errors.failed((error as Error).message), { tone: "error" });
    }
  };
  const bringAllBack = async () => {
    setBusy(true);
    try {
      const ids = await matchingIds(place, { deleted: true });
      await bringBack(ids, t.runsCount(ids.length));
    } catch (error) {
      say(t.errors.failed((error as Error).message), { tone: "error" });
    } finally {
      setBusy(false);
    }
  };
  if (runs.length === 0) return null;
  return (
    <Card
      id="deleted-title"
      title={t.overview.deletedRuns}
      aside={
        <>
          <small>{t.runsCount(total)}</small>
          {project.writable && total > 1 && (
            <Button className={styles.end} disabled={isBusy} onClick={() => void bringAllBack()}>
              {t.overview.restoreAll(total)}
            </Button>
          )}
        </>
      }
    >
      <p className={styles.note}>{t.overview.restorable}</p>
      <div ref={scroller} className={styles.scrolled} style={{ maxHeight: HEAD_PX + ROWS * (rowPx + CELL_PX) }}>
        <table
          className={`${parts.table} ${styles.table}`}
          aria-labelledby="deleted-title"
          aria-rowcount={total + 1}
          style={{ marginTop: near[0]?.start ?? 0, marginBottom: virtual.getTotalSize() - (near.at(-1)?.end ?? 0) }}
        >
          <thead>
            <tr>
              <th scope="col">{t.overview.run}</th>
              <th scope="col" style={{ width: 112 }}>
                {t.overview.state}
              </th>
              <th scope="col" style={{ width: 104 }}>
                {t.overview.deleted}
              </th>
              {project.writable && <td style={{ width: 88 }} />}
            </tr>
          </thead>
          <tbody>
            {near
              .map(({ index: at }) => [at, runs[at]!] as const)
              .map(([at, run]) => (
                <tr key={run.id} ref={virtual.measureElement} data-index={at} aria-rowindex={at + 2}>
                  <td title={run.name}>{run.name}</td>
                  <td>
                    <State state={run.state} />
                  </td>
                  <td className={styles.muted}>{ago(run.deleted_at, now)}</td>
                  {project.writable && (
                    <td className={styles.act}>
                      <button
                        type="button"
                        className={parts.link}
                        aria-label={t.overview.restoreOne(run.name)}
                        onClick={() => void bringBack([run.id], run.name)}
                      >
                        {t.overview.restore}
                      </button>
                    </td>
                  )}
                </tr>
              ))}
          </tbody>
        </table>
      </div>
    </Card>
  );
}
