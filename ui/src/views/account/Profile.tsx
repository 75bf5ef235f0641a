/** Who the reader is: names and teams, his projects, his newest runs. */
import { useQueries, useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { profileQuery } from "../../net/people";
import { fetchRuns, type Place, placeKey, projectsQuery } from "../../net/projects";
import type { RunRow } from "../../net/shapes";
import { count } from "../../series/format";
import { t } from "../../texts";
import { runAt, workspaceAt } from "../addresses";
import { Empty } from "../parts/Controls";
import { ago, day } from "../parts/moments";
import parts from "../parts/parts.module.css";
import { State } from "../parts/RunMarks";
import { SettingsSection } from "./SettingsSection";
import styles from "./settings.module.css";

const PROJECTS_SHOWN = 10;
/** Runs are asked for in so many projects, those that were active last. */
const PROJECTS_ASKED = 5;
const RUNS_SHOWN = 12;

export function Profile() {
  const profile = useQuery(profileQuery).data;
  const projects = useQuery(projectsQuery);
  const newest = (projects.data ?? [])
    .map((one) => ({ ...one, at: one.active_at ?? one.created_at }))
    .sort((a, b) => b.at - a.at);
  const own = newest.filter((one) => one.entity === profile?.entity);
  const places: Place[] = newest.slice(0, PROJECTS_ASKED).map(({ entity, name }) => ({ entity, project: name }));
  const lists = useQueries({
    queries: places.map((place) => ({
      queryKey: [...placeKey(place), "runs of", profile?.name],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        fetchRuns(place, { filter: `user = ${JSON.stringify(profile!.name)}`, limit: RUNS_SHOWN }, signal),
      enabled: profile !== undefined,
    })),
  });
  const runs = lists
    .flatMap((list, i) => (list.data?.runs ?? []).map((run: RunRow) => ({ run, place: places[i]! })))
    .sort((a, b) => b.run.created_at - a.run.created_at)
    .slice(0, RUNS_SHOWN);
  if (!profile) return null;
  return (
    <>
      <SettingsSection id="profile" title={t.profile.title}>
        <dl className={`${styles.card} ${styles.pairs}`}>
          <Pair name={t.profile.name}>{profile.name}</Pair>
          <Pair name={t.profile.entity}>
            {profile.entity} <span className={styles.muted}>{t.profile.entityText}</span>
          </Pair>
          {profile.email && <Pair name={t.profile.email}>{profile.email}</Pair>}
          <Pair name={t.profile.role}>{t.profile.roles[profile.is_admin ? "admin" : "user"]}</Pair>
          <Pair name={t.profile.teams}>{profile.teams.join(", ") || t.profile.noTeams}</Pair>
          <Pair name={t.profile.since}>{day(profile.created_at)}</Pair>
        </dl>
      </SettingsSection>
      <SettingsSection
        id="projects"
        title={t.profile.projects}
        text={
          own.length > PROJECTS_SHOWN
            ? t.profile.projectsOf(PROJECTS_SHOWN, own.length)
            : t.home.of(own.length, own.length)
        }
      >
        <div className={styles.card}>
          {projects.isSuccess && own.length === 0 ? (
            <Empty title={t.profile.noProjects}>
              <Link href="/" className={parts.link}>
                {t.profile.start}
              </Link>
            </Empty>
          ) : (
            <table className={`${parts.table} ${styles.table}`}>
              <thead>
                <tr>
                  <th scope="col">{t.home.name}</th>
                  <th scope="col" className={styles.number} style={{ width: 120 }}>
                    {t.home.runs}
                  </th>
                  <th scope="col" style={{ width: 160 }}>
                    {t.home.active}
                  </th>
                </tr>
              </thead>
              <tbody>
                {own.slice(0, PROJECTS_SHOWN).map((one) => (
                  <tr key={one.name}>
                    <td>
                      <Link
                        href={workspaceAt({ entity: one.entity, project: one.name })}
                        className={parts.link}
                        title={one.name}
                      >
                        {one.name}
                      </Link>
                    </td>
                    <td className={styles.number}>{count(one.run_count)}</td>
                    <td className={styles.muted}>{ago(one.at)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </div>
      </SettingsSection>
      <SettingsSection id="runs" title={t.profile.runs} text={t.profile.runsText}>
        <div className={styles.card}>
          {runs.length === 0 ? (
            lists.every((list) => !list.isPending) && <Empty title={t.profile.noRuns} />
          ) : (
            <table className={`${parts.table} ${styles.table}`}>
              <thead>
                <tr>
                  <th scope="col">{t.table.head.name}</th>
                  <th scope="col">{t.home.name}</th>
                  <th scope="col" style={{ width: 140 }}>
                    {t.table.head.state}
                  </th>
                  <th scope="col" style={{ width: 160 }}>
                    {t.table.head.created_at}
                  </th>
                </tr>
              </thead>
              <tbody>
                {runs.map(({ run, place }) => (
                  <tr key={`${place.entity}/${place.project}/${run.id}`}>
                    <td>
                      <Link href={runAt(place, run.id)} className={parts.link} title={run.name}>
                        {run.name}
                      </Link>
                    </td>
                    <td className={styles.muted} title={place.project}>
                      {place.entity === profile.entity ? place.project : `${place.entity} / ${place.project}`}
                    </td>
                    <td>
                      <State state={run.state} />
                    </td>
                    <td className={styles.muted}>{ago(run.created_at)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </div>
      </SettingsSection>
    </>
  );
}

function Pair({ name, children }: { name: string; children: React.ReactNode }) {
  return (
    <div>
      <dt className={styles.muted}>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
