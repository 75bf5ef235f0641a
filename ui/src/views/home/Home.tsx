/** All projects, the busiest first, and the runs that are live now. */
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Link } from "wouter";
import { fetchRuns, projectsQuery } from "../../net/projects";
import { type Project, type RunRow, type RunState, STATES } from "../../net/shapes";
import { count, duration } from "../../series/format";
import { firstSentence } from "../../series/markdownText";
import { t } from "../../texts";
import { runAt, workspaceAt } from "../addresses";
import { Empty, SearchInput } from "../parts/Controls";
import { useClock, useTitle } from "../parts/hooks";
import { ago } from "../parts/moments";
import parts from "../parts/parts.module.css";
import { State, StateGlyph } from "../parts/RunMarks";
import { DeletedProjects } from "./DeletedProjects";
import styles from "./home.module.css";
import { Start } from "./Start";

/** Live runs listed; the rest is counted. */
const LIVE_SHOWN = 12;
/** The first page stays this long after the first project became active, to open its run. */
const START_LEAVES_S = 6;
/** From so many projects on there is a filter. */
const FILTER_FROM = 8;

export function Home() {
  useTitle(t.home.title);
  const now = useClock(5000);
  const [find, setFind] = useState("");
  const projects = useQuery(projectsQuery);
  const all = projects.data ?? [];
  const waiting = useRef(false);
  if (projects.isError) return <Empty title={projects.error.message || t.errors.unreachable} />;
  if (projects.isSuccess && all.every((project) => project.run_count === 0)) waiting.current = true;
  // The first run's notice opens it; if that was missed, its project stands in the list.
  if (waiting.current && all.every((project) => now - (project.active_at ?? 0) < START_LEAVES_S)) {
    return (
      <>
        <Start />
        <div className={styles.page}>
          <DeletedProjects now={now} />
        </div>
      </>
    );
  }
  const shown = all.filter((project) => `${project.entity}/${project.name}`.toLowerCase().includes(find.toLowerCase()));
  const described = all.some((project) => project.description);
  const entities = new Set(all.map((project) => project.entity));
  return (
    <div className={styles.page}>
      <LiveRuns projects={all} now={now} />
      <div className={styles.head}>
        <h1>{t.home.projects}</h1>
        {all.length >= FILTER_FROM && (
          <SearchInput
            className={styles.search}
            label={t.home.filter}
            value={find}
            onChange={(event) => setFind(event.target.value)}
          />
        )}
      </div>
      {projects.isSuccess && (
        <div className={parts.card}>
          <table className={`${parts.table} ${styles.table}`}>
            <colgroup>
              <col style={{ width: "34%" }} />
              <col style={{ width: 80 }} />
              <col style={{ width: 220 }} />
              <col style={{ width: 120 }} />
              {described && <col />}
            </colgroup>
            <thead>
              <tr>
                <th scope="col">{t.home.name}</th>
                <th scope="col" className={styles.number}>
                  {t.home.runs}
                </th>
                <th scope="col">{t.home.states}</th>
                <th scope="col">{t.home.active}</th>
                {described && <th scope="col">{t.home.description}</th>}
              </tr>
            </thead>
            <tbody>
              {shown.map((project) => (
                <tr key={`${project.entity}/${project.name}`}>
                  <td>
                    <Link href={workspaceAt({ entity: project.entity, project: project.name })} title={project.name}>
                      {entities.size > 1 && <span className={styles.muted}>{project.entity} / </span>}
                      {project.name}
                    </Link>
                  </td>
                  <td className={styles.number}>{count(project.run_count)}</td>
                  <td>
                    <StateCounts states={project.states} />
                  </td>
                  <td className={styles.muted}>{ago(project.active_at ?? project.created_at, now)}</td>
                  {described && (
                    <td className={styles.muted} title={project.description ?? ""}>
                      {firstSentence(project.description ?? "")}
                    </td>
                  )}
                </tr>
              ))}
            </tbody>
          </table>
          {shown.length === 0 && <Empty title={t.home.none} />}
        </div>
      )}
      <DeletedProjects now={now} />
    </div>
  );
}

function StateCounts({ states }: { states: Project["states"] }) {
  return (
    <span className={styles.states}>
      {STATES.filter((state) => states?.[state]).map((state) => (
        <span key={state} title={t.states[state]}>
          {count(states[state]!)} <Glyph state={state} />
        </span>
      ))}
    </span>
  );
}

function Glyph({ state }: { state: RunState }) {
  const colour =
    state === "finished"
      ? "var(--ok)"
      : state === "failed"
        ? "var(--err)"
        : state === "crashed"
          ? "var(--warn)"
          : state === "running"
            ? "var(--accent-text)"
            : "var(--muted)";
  return (
    <span style={{ color: colour, display: "inline-flex" }}>
      <StateGlyph state={state} />
      <span className="visually-hidden">{t.states[state]}</span>
    </span>
  );
}

interface LiveRun {
  project: Project;
  row: RunRow;
}

function LiveRuns({ projects, now }: { projects: Project[]; now: number }) {
  const busy = projects.filter((project) => (project.states?.running ?? 0) > 0).slice(0, LIVE_SHOWN);
  const total = projects.reduce((sum, project) => sum + (project.states?.running ?? 0), 0);
  const live = useQuery({
    queryKey: [
      "projects",
      "live",
      busy.map((project) => `${project.entity}/${project.name}:${project.states.running}`),
    ],
    queryFn: async ({ signal }): Promise<LiveRun[]> => {
      const pages = await Promise.all(
        busy.map(async (project) => {
          const place = { entity: project.entity, project: project.name };
          const page = await fetchRuns(place, { filter: 'state = "running"', limit: LIVE_SHOWN }, signal);
          return page.runs.map((row) => ({ project, row }));
        }),
      );
      return pages.flat().sort((a, b) => b.row.created_at - a.row.created_at);
    },
    enabled: busy.length > 0,
    refetchInterval: 5000,
  });
  const runs = (live.data ?? []).slice(0, LIVE_SHOWN);
  if (busy.length === 0 || runs.length === 0) return null;
  return (
    <>
      <div className={styles.sub} style={{ marginTop: 0 }}>
        {t.home.live} <small>{t.home.of(runs.length, Math.max(total, runs.length))}</small>
      </div>
      <div className={parts.card} style={{ marginBottom: 24 }}>
        <table className={`${parts.table} ${styles.table}`}>
          <colgroup>
            <col />
            <col style={{ width: "22%" }} />
            <col style={{ width: 116 }} />
            <col style={{ width: 116 }} />
            <col style={{ width: 128 }} />
          </colgroup>
          <tbody>
            {runs.map(({ project, row }) => {
              const place = { entity: project.entity, project: project.name };
              return (
                <tr key={row.id}>
                  <td>
                    <Link href={runAt(place, row.id, "charts")} title={row.name}>
                      {row.name}
                    </Link>
                  </td>
                  <td className={styles.muted}>
                    <Link href={workspaceAt(place)} style={{ fontWeight: 400 }}>
                      {project.name}
                    </Link>
                  </td>
                  <td>
                    <State state={row.state} />
                  </td>
                  <td className={styles.muted}>
                    {row.last_step !== null && row.last_step >= 0 && t.home.step(count(row.last_step))}
                  </td>
                  <td className={styles.muted}>{t.home.running(duration(Math.max(now - row.created_at, 0)))}</td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </>
  );
}
