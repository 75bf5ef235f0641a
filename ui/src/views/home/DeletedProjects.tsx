/** Projects that were deleted and may come back. */
import { useQuery } from "@tanstack/react-query";
import { deletedProjectsQuery } from "../../net/projects";
import type { Project } from "../../net/shapes";
import { count } from "../../series/format";
import { bringProjectBack } from "../../state/projectEdits";
import { say } from "../../state/toasts";
import { t } from "../../texts";
import { useLater } from "../parts/hooks";
import { ago } from "../parts/moments";
import parts from "../parts/parts.module.css";
import styles from "./home.module.css";

export function DeletedProjects({ now }: { now: number }) {
  const projects = useQuery({ ...deletedProjectsQuery, enabled: useLater() }).data ?? [];
  if (projects.length === 0) return null;
  const bringBack = async ({ entity, name }: Project) => {
    try {
      await bringProjectBack({ entity, project: name });
      say(t.overview.restored(name));
    } catch (error) {
      say(t.errors.failed((error as Error).message), { tone: "error" });
    }
  };
  return (
    <section aria-labelledby="deleted-projects">
      <div className={styles.sub}>
        <h2 id="deleted-projects">{t.overview.deletedProjects}</h2>
        <small>{t.overview.restorable}</small>
      </div>
      <div className={parts.card}>
        <table className={`${parts.table} ${styles.table}`} aria-labelledby="deleted-projects">
          <colgroup>
            <col style={{ width: "34%" }} />
            <col style={{ width: 80 }} />
            <col />
            <col style={{ width: 120 }} />
          </colgroup>
          <thead>
            <tr>
              <th scope="col">{t.home.name}</th>
              <th scope="col" className={styles.number}>
                {t.home.runs}
              </th>
              <th scope="col">{t.overview.deleted}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {projects.map((project) => (
              <tr key={`${project.entity}/${project.name}`}>
                <td title={`${project.entity}/${project.name}`}>
                  <span className={styles.muted}>{project.entity} / </span>
                  {project.name}
                </td>
                <td className={styles.number}>{count(project.run_count)}</td>
                <td className={styles.muted}>{ago(project.deleted_at, now)}</td>
                <td className={styles.number}>
                  {project.writable && (
                    <button
                      type="button"
                      className={parts.link}
                      aria-label={t.overview.restoreOne(project.name)}
                      onClick={() => void bringBack(project)}
                    >
                      {t.overview.restore}
                    </button>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
