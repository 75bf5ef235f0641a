/** What is known of a project: whose it is, what it adds up to, who works in it. */
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { serverQuery } from "../../net/account";
import type { Place } from "../../net/projects";
import { type Contributor, STATES, type WholeProject } from "../../net/shapes";
import { projectStorageQuery } from "../../net/storage";
import { count, duration, size } from "../../series/format";
import { t } from "../../texts";
import { artifactsAt, storageAt, tableAt } from "../addresses";
import { Card } from "../parts/Card";
import { useClock } from "../parts/hooks";
import marks from "../parts/marks.module.css";
import { ago, day } from "../parts/moments";
import parts from "../parts/parts.module.css";
import { StateGlyph, tone } from "../parts/RunMarks";
import styles from "./overview.module.css";

export function Facts({ project }: { project: WholeProject }) {
  const me = useQuery(serverQuery).data?.entity;
  const now = useClock(5000);
  const { owner } = project;
  const isMine = me === owner.name;
  const seenBy =
    owner.is_team || owner.members > 1
      ? t.overview.seenByMembers(owner.members)
      : t.overview.seenByOwner(owner.name, isMine);
  return (
    <Card id="facts-title" title={t.overview.facts}>
      <dl className={styles.pairs}>
        <Pair name={t.overview.owner}>
          <span title={owner.name}>{owner.name}</span>
          {isMine && <span className={styles.muted}>{t.overview.you}</span>}
          {owner.is_team && <span className={styles.muted}>{t.people.team}</span>}
        </Pair>
        <Pair name={t.overview.seenBy}>{seenBy}</Pair>
        <Pair name={t.overview.created}>{day(project.created_at)}</Pair>
        <Pair name={t.overview.active}>{ago(project.active_at ?? project.created_at, now)}</Pair>
      </dl>
    </Card>
  );
}

export function Totals({ place, project }: { place: Place; project: WholeProject }) {
  const storage = useQuery(projectStorageQuery(place)).data;
  const { collections, versions } = project.artifacts;
  return (
    <Card id="totals-title" title={t.overview.totals}>
      <dl className={styles.pairs}>
        <Pair name={t.overview.runs}>
          <Link href={tableAt(place)} className={parts.link}>
            {count(project.run_count)}
          </Link>
          <span className={styles.states}>
            {STATES.filter((state) => project.states[state]).map((state) => (
              <span key={state} title={t.states[state]} className={marks[`tone-${tone(state)}`]}>
                {count(project.states[state]!)}
                <StateGlyph state={state} />
                <span className="visually-hidden">{t.states[state]}</span>
              </span>
            ))}
          </span>
        </Pair>
        <Pair name={t.overview.compute} title={t.overview.computeTitle}>
          {project.runtime_s > 0 ? duration(project.runtime_s) : t.overview.none}
        </Pair>
        <Pair name={t.overview.artifacts}>
          {collections === 0 ? (
            t.overview.none
          ) : (
            <Link href={artifactsAt(place)} className={parts.link}>
              {t.overview.versionsIn(versions, collections)}
            </Link>
          )}
        </Pair>
        <Pair name={t.overview.storage}>
          {storage && <span>{size(storage.referenced_bytes)}</span>}
          <Link href={storageAt(place)} className={parts.link}>
            {t.overview.storageOpen}
          </Link>
        </Pair>
      </dl>
    </Card>
  );
}

export function People({ people }: { people: Contributor[] }) {
  const now = useClock(5000);
  return (
    <Card id="people-title" title={t.overview.people} aside={<small>{count(people.length)}</small>}>
      <table className={`${parts.table} ${styles.table}`} aria-labelledby="people-title">
        <thead>
          <tr>
            <th scope="col">{t.overview.person}</th>
            <th scope="col" className={styles.number} style={{ width: 64 }}>
              {t.overview.runs}
            </th>
            <th scope="col" className={styles.number} style={{ width: 80 }}>
              {t.overview.time}
            </th>
            <th scope="col" style={{ width: 104 }}>
              {t.overview.active}
            </th>
          </tr>
        </thead>
        <tbody>
          {people.map((one) => (
            <tr key={one.user}>
              <td title={one.user}>{one.user}</td>
              <td className={styles.number}>{count(one.runs)}</td>
              <td className={`${styles.number} ${styles.muted}`}>{duration(one.runtime_s)}</td>
              <td className={styles.muted}>{ago(one.active_at, now)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

function Pair({ name, title, children }: { name: string; title?: string; children: ReactNode }) {
  return (
    <div>
      <dt title={title}>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
