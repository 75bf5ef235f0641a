/** A project's own page: what it is for, what it adds up to, who works in it, its newest runs, and its end. */
import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { serverQuery } from "../../net/account";
import { ApiError } from "../../net/http";
import { type Place, projectQuery, runPageQuery } from "../../net/projects";
import type { WholeProject } from "../../net/shapes";
import { duration } from "../../series/format";
import { describeProject } from "../../state/projectEdits";
import { t } from "../../texts";
import { runAt, tableAt, workspaceAt } from "../addresses";
import { Code } from "../home/Code";
import { NoProject } from "../home/NoProject";
import { Card } from "../parts/Card";
import { Button, Empty } from "../parts/Controls";
import { EditedMarkdown } from "../parts/EditedMarkdown";
import { useClock, useTitle } from "../parts/hooks";
import { ago } from "../parts/moments";
import parts from "../parts/parts.module.css";
import { State } from "../parts/RunMarks";
import { openLayer } from "../shell/layers";
import { DeletedRuns } from "./DeletedRuns";
import { Facts, People, Totals } from "./Facts";
import styles from "./overview.module.css";

/** Runs listed; the rest is counted. */
const NEWEST = 10;

export function ProjectOverview({ place }: { place: Place }) {
  useTitle(`${t.bar.overview} · ${place.project}`);
  const answer = useQuery(projectQuery(place));
  const project = answer.data;
  if (answer.isError && !project) {
    const { error } = answer;
    if (error instanceof ApiError && error.status === 404) {
      return <NoProject place={place} runs={{ rows: [], total: 0, pending: false, error }} />;
    }
    return (
      <Empty isPage title={error.message || t.errors.unreachable}>
        <Button onClick={() => void answer.refetch()}>{t.actions.retry}</Button>
      </Empty>
    );
  }
  if (!project) return null;
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1 title={project.name}>{project.name}</h1>
        {project.writable && (
          <Button look="danger" onClick={() => openLayer("deleteProject")}>
            {t.overview.delete}
          </Button>
        )}
      </div>
      <div className={styles.columns}>
        <div className={styles.column}>
          <EditedMarkdown
            id="about-title"
            title={t.overview.about}
            text={project.description ?? ""}
            empty={t.overview.noAbout}
            editLabel={t.overview.editAbout}
            inputLabel={t.overview.aboutLabel}
            isLong
            writable={project.writable}
            onSave={(description) => describeProject(place, description)}
          />
          {project.run_count > 0 ? (
            <NewestRuns place={place} total={project.run_count} />
          ) : (
            <FirstRun place={place} writable={project.writable} />
          )}
          {project.deleted_runs > 0 && <DeletedRuns place={place} project={project} />}
        </div>
        <Side place={place} project={project} />
      </div>
    </div>
  );
}

function Side({ place, project }: { place: Place; project: WholeProject }) {
  return (
    <div className={styles.column}>
      <Facts project={project} />
      <Totals place={place} project={project} />
      {project.contributors.length > 0 && <People people={project.contributors} />}
    </div>
  );
}

function NewestRuns({ place, total }: { place: Place; total: number }) {
  const now = useClock(5000);
  const runs = useQuery(runPageQuery(place, { limit: NEWEST })).data?.runs ?? [];
  return (
    <Card
      id="newest-title"
      title={t.overview.newest}
      aside={
        <>
          <small>{t.overview.of(Math.min(runs.length || NEWEST, total), total)}</small>
          <Link href={tableAt(place)} className={`${parts.link} ${styles.end}`}>
            {t.overview.allRuns}
          </Link>
        </>
      }
    >
      <table className={`${parts.table} ${styles.table}`} aria-labelledby="newest-title">
        <thead>
          <tr>
            <th scope="col">{t.overview.run}</th>
            <th scope="col" style={{ width: 112 }}>
              {t.overview.state}
            </th>
            <th scope="col" style={{ width: 104 }}>
              {t.overview.started}
            </th>
            <th scope="col" className={styles.number} style={{ width: 88 }}>
              {t.overview.time}
            </th>
            <th scope="col" className={styles.extra} style={{ width: 104 }}>
              {t.overview.by}
            </th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run) => (
            <tr key={run.id}>
              <td>
                <Link href={runAt(place, run.id)} className={parts.link} title={run.name}>
                  {run.name}
                </Link>
              </td>
              <td>
                <State state={run.state} />
              </td>
              <td className={styles.muted}>{ago(run.created_at, now)}</td>
              <td className={`${styles.number} ${styles.muted}`}>
                {run.runtime_s === null ? "" : duration(run.runtime_s)}
              </td>
              <td className={`${styles.extra} ${styles.muted}`} title={run.user}>
                {run.user}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </Card>
  );
}

/** What to do in a project that is there and has no runs. */
function FirstRun({ place, writable }: { place: Place; writable: boolean }) {
  const server = useQuery(serverQuery).data;
  const whose = server && server.entity !== place.entity ? `, entity=${JSON.stringify(place.entity)}` : "";
  const address = server?.base_url ?? window.location.origin;
  const [before, command, after] = t.start.loginHint(address);
  if (!writable) {
    return (
      <Card id="newest-title" title={t.overview.newest}>
        <Empty title={t.overview.noRuns} />
      </Card>
    );
  }
  const lines = [
    "import runwell",
    `run = runwell.init(project=${JSON.stringify(place.project)}${whose},`,
    `                   settings=runwell.Settings(base_url="${address}"))`,
    'run.log({"train/loss": 0.5})',
  ];
  return (
    <Card
      id="newest-title"
      title={t.overview.noRuns}
      aside={
        <Link href={workspaceAt(place)} className={parts.link}>
          {t.overview.ways}
        </Link>
      }
    >
      <div className={styles.first}>
        <p>{t.overview.noRunsText}</p>
        <Code text={lines.join("\n")} python />
        <p>
          {before}
          <code>{command}</code>
          {after}
        </p>
      </div>
    </Card>
  );
}
