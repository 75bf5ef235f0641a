/** The files of a run. */
import { useQuery } from "@tanstack/react-query";
import { fileAddress, filesQuery } from "../../net/console";
import type { Place } from "../../net/projects";
import type { Run } from "../../net/shapes";
import { size } from "../../series/format";
import { byName } from "../../series/names";
import { t } from "../../texts";
import { Empty } from "../parts/Controls";
import { Icon } from "../parts/Icon";
import { ago } from "../parts/moments";
import styles from "./run.module.css";

export function Files({ place, run }: { place: Place; run: Run }) {
  const answer = useQuery(filesQuery(place, run.id));
  const files = [...(answer.data ?? [])].sort((a, b) => byName(a.path, b.path));
  if (answer.isError) return <Empty title={answer.error.message || t.errors.unreachable} />;
  if (answer.isSuccess && files.length === 0) return <Empty title={t.files.none}>{t.files.noneMore}</Empty>;
  const total = files.reduce((sum, file) => sum + file.size_bytes, 0);
  return (
    <div className={styles.files}>
      {answer.isSuccess && <p className={styles.fileTotal}>{t.files.total(files.length, size(total))}</p>}
      <div className={styles.card}>
        <table className={styles.fileTable}>
          <colgroup>
            <col />
            <col style={{ width: 220 }} />
            <col style={{ width: 100 }} />
            <col style={{ width: 120 }} />
            <col style={{ width: 48 }} />
          </colgroup>
          <thead>
            <tr>
              <th scope="col">{t.files.name}</th>
              <th scope="col">{t.files.kind}</th>
              <th scope="col" className={styles.number}>
                {t.files.size}
              </th>
              <th scope="col">{t.files.changed}</th>
              <td />
            </tr>
          </thead>
          <tbody>
            {files.map((file) => (
              <tr key={file.path}>
                <td title={file.path}>
                  <a href={fileAddress(place, run.id, file.path, false)} target="_blank" rel="noreferrer">
                    {file.path}
                  </a>
                </td>
                <td className={styles.muted}>{file.media_type}</td>
                <td className={styles.number}>{size(file.size_bytes)}</td>
                <td className={styles.muted}>{ago(file.updated_at)}</td>
                <td>
                  <a
                    href={fileAddress(place, run.id, file.path, true)}
                    download
                    aria-label={t.files.download(file.path)}
                    title={t.files.download(file.path)}
                  >
                    <Icon name="download" size={14} />
                  </a>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}
