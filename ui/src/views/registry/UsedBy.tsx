/** The runs that used a version of a collection, in every project, the last first. */
import { Link } from "wouter";
import type { LinkedVersions } from "../../net/registries";
import { cutMiddle } from "../../series/names";
import { t } from "../../texts";
import { runAt } from "../addresses";
import { Card } from "../parts/Card";
import { useClock } from "../parts/hooks";
import { ago, dayAndTime } from "../parts/moments";
import parts from "../parts/parts.module.css";
import { StateNote } from "../parts/RunMarks";
import styles from "./registry.module.css";

export function UsedBy({ users }: { users: LinkedVersions["used_by"] }) {
  const now = useClock(30_000);
  const { total, items } = users;
  return (
    <Card
      id="registry-users"
      title={t.registry.usedBy}
      aside={total > 0 && <small>{t.registry.usedTimes(total)}</small>}
    >
      <ul className={styles.rows}>
        {items.map(({ run, version, used_at }) => (
          <li key={`${run.entity}/${run.project}/${run.id} ${version}`} title={dayAndTime(used_at)}>
            <span className={styles.version}>{version}</span>
            <Link className={parts.link} href={runAt(run, run.id)} title={`${run.entity}/${run.project}/${run.name}`}>
              {cutMiddle(run.name, 26, 9)}
            </Link>
            <StateNote state={run.state} brief />
            <span className={`${styles.what} ${styles.muted}`}>{run.project}</span>
            <span className={styles.end}>{ago(used_at, now)}</span>
          </li>
        ))}
        {items.length === 0 && <li className={styles.muted}>{t.registry.noUsers}</li>}
      </ul>
      {items.length < total && items.length > 0 && (
        <p className={styles.hint}>{t.registry.usersCut(items.length, total)}</p>
      )}
    </Card>
  );
}
