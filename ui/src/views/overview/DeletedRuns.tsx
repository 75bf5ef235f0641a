/** The deleted runs of a project, which may come back. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Place, runPageQuery } from "../../net/projects";
import type { WholeProject } from "../../net/shapes";
import { restore } from "../../state/edits";
import { say } from "../../state/toasts";
import { t } from "../../texts";
import { Card } from "../parts/Card";
import { Button } from "../parts/Controls";
import { useClock } from "../parts/hooks";
import { ago } from "../parts/moments";
import parts from "../parts/parts.module.css";
import { State } from "../parts/RunMarks";
import styles from "./overview.module.css";

const FIRST = 10;
/** A page of the API holds no more. */
const MOST = 1000;

export function DeletedRuns({ place, project }: { place: Place; project: WholeProject }) {
  const now = useClock(5000);
  const [limit, setLimit] = useState(FIRST);
  const answer = useQuery({ ...runPageQuery(place, { deleted: true, limit }), placeholderData: keepPreviousData });
  const runs = answer.data?.runs ?? [];
  const total = Math.max(answer.data?.matched ?? project.deleted_runs, runs.length);
  const bringBack = async (ids: string[], what: string) => {
    try {
      await restore(place, ids);
      say(t.overview.restored(what));
    } catch (error) {
      say(t.errors.failed((error as Error).message), { tone: "error" });
    }
  };
  if (runs.length === 0) return null;
  return (
    <Card
      id="deleted-title"
      title={t.overview.deletedRuns}
      aside={
        <>
          <small>{t.overview.of(runs.length, total)}</small>
          {project.writable && runs.length > 1 && (
            <Button
              className={styles.end}
              onClick={() =>
                void bringBack(
                  runs.map((run) => run.id),
                  t.runsCount(runs.length),
                )
              }
            >
              {t.overview.restoreThese(runs.length)}
            </Button>
          )}
        </>
      }
    >
      <p className={styles.note}>{t.overview.restorable}</p>
      <table className={`${parts.table} ${styles.table}`} aria-labelledby="deleted-title">
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
          {runs.map((run) => (
            <tr key={run.id}>
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
      {total > runs.length && limit < MOST && (
        <Button look="quiet" onClick={() => setLimit(Math.min(limit * 10, MOST))}>
          {t.panels.showMore(Math.min(limit * 9, total - runs.length))}
        </Button>
      )}
    </Card>
  );
}
