/** What a run used and what it logged, as versions; pressed, a version shows its files. */
import { useQuery } from "@tanstack/react-query";
import { Fragment, useState } from "react";
import { Link } from "wouter";
import { artifactFilesQuery, runArtifactsQuery } from "../../net/artifacts";
import type { Place } from "../../net/projects";
import type { ArtifactVersion, Run } from "../../net/shapes";
import { count, size } from "../../series/format";
import { cutMiddle } from "../../series/names";
import { t } from "../../texts";
import { artifactAt, runAt } from "../addresses";
import { Empty, Tag } from "../parts/Controls";
import { Icon } from "../parts/Icon";
import { ago } from "../parts/moments";
import parts from "../parts/parts.module.css";
import styles from "./artifacts.module.css";
import runStyles from "./run.module.css";

type Way = "in" | "out";

interface Passed {
  way: Way;
  version: ArtifactVersion;
}

function usePassed(place: Place, run: Run) {
  const answer = useQuery(runArtifactsQuery(place, run.id));
  const { logged, used } = answer.data ?? { logged: { total: 0, items: [] }, used: { total: 0, items: [] } };
  const all: Passed[] = [
    ...used.items.map((version) => ({ way: "in" as const, version })),
    ...logged.items.map((version) => ({ way: "out" as const, version })),
  ];
  return { answer, all, logged: logged.total, used: used.total };
}

const keyOf = ({ way, version }: Passed) => `${way}-${version.id}`;

/** Versions on the overview; the tab has all of them. */
const ON_OVERVIEW = 6;
const NAME_CHARACTERS = 34;

export function ArtifactsCard({ place, run }: { place: Place; run: Run }) {
  const { all, logged, used } = usePassed(place, run);
  if (all.length === 0) return null;
  const tab = runAt(place, run.id, "artifacts");
  return (
    <section className={parts.card} aria-labelledby="artifacts-title">
      <div className={runStyles.cardHead}>
        <h2 id="artifacts-title">{t.artifacts.title}</h2>
        <small>{t.artifacts.passed(used, logged)}</small>
      </div>
      <ul>
        {all.slice(0, ON_OVERVIEW).map((one) => (
          <li key={keyOf(one)} className={styles.row}>
            <span className={styles.way}>{t.artifacts.ways[one.way]}</span>
            <span className={styles.type} title={one.version.type}>
              {one.version.type}
            </span>
            <Link
              className={runStyles.link}
              href={artifactAt(one.version, one.version.type)}
              title={nameOf(one.version)}
            >
              {cutMiddle(one.version.name, NAME_CHARACTERS, 12)}
            </Link>
            <span className={styles.version}>{one.version.version}</span>
            <span className={styles.size}>{size(one.version.size_bytes)}</span>
          </li>
        ))}
      </ul>
      {used + logged > ON_OVERVIEW && (
        <p className={styles.more}>
          <Link className={runStyles.link} href={tab}>
            {t.run.allAlerts(used + logged)}
          </Link>
        </p>
      )}
    </section>
  );
}

const nameOf = ({ name, version }: ArtifactVersion) => `${name}:${version}`;

export function Artifacts({ place, run }: { place: Place; run: Run }) {
  const { answer, all, logged, used } = usePassed(place, run);
  const [open, setOpen] = useState<string | null>(null);
  if (answer.isError) return <Empty title={answer.error.message || t.errors.unreachable} />;
  if (!answer.isSuccess) return null;
  if (all.length === 0) return <Empty title={t.artifacts.none}>{t.artifacts.noneMore}</Empty>;
  return (
    <div className={styles.page}>
      <p className={styles.total}>
        {t.artifacts.passed(used, logged)}
        {all.length < used + logged && ` · ${t.home.of(all.length, used + logged)}`}
      </p>
      <div className={parts.card}>
        <table className={`${parts.table} ${styles.table}`}>
          <colgroup>
            <col style={{ width: 64 }} />
            <col style={{ width: 120 }} />
            <col />
            <col style={{ width: 200 }} />
            <col style={{ width: 72 }} />
            <col style={{ width: 96 }} />
            <col style={{ width: 120 }} />
          </colgroup>
          <thead>
            <tr>
              {t.artifacts.head.map((head, at) => (
                <th key={head} scope="col" className={at === 4 || at === 5 ? styles.number : undefined}>
                  {head}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {all.map((one) => {
              const key = keyOf(one);
              const { version } = one;
              const isOpen = open === key;
              return (
                <Fragment key={key}>
                  <tr>
                    <td className={styles.muted}>{t.artifacts.ways[one.way]}</td>
                    <td className={styles.muted} title={version.type}>
                      {version.type}
                    </td>
                    <td title={version.description ? `${nameOf(version)}: ${version.description}` : nameOf(version)}>
                      <button
                        type="button"
                        className={styles.name}
                        aria-expanded={isOpen}
                        onClick={() => setOpen(isOpen ? null : key)}
                      >
                        <Icon name={isOpen ? "chevronDown" : "chevronRight"} size={14} />
                        {cutMiddle(version.name, 44, 14)}
                        <span className={styles.muted}>:{version.version}</span>
                      </button>
                    </td>
                    <td>
                      {version.aliases.map((alias) => (
                        <Fragment key={alias}>
                          <Tag>{alias}</Tag>{" "}
                        </Fragment>
                      ))}
                    </td>
                    <td className={styles.number}>{count(version.file_count)}</td>
                    <td className={styles.number}>{size(version.size_bytes)}</td>
                    <td className={styles.muted}>{ago(version.created_at)}</td>
                  </tr>
                  {isOpen && (
                    <tr>
                      <td colSpan={7} className={styles.inside}>
                        <VersionFiles version={version} />
                      </td>
                    </tr>
                  )}
                </Fragment>
              );
            })}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function VersionFiles({ version }: { version: ArtifactVersion }) {
  const answer = useQuery(artifactFilesQuery(version));
  if (answer.isError) return <p className={styles.more}>{answer.error.message || t.errors.unreachable}</p>;
  if (!answer.isSuccess) return <p className={styles.more} />;
  const { files, total } = answer.data;
  return (
    <>
      <ul>
        {files.map((file) => (
          <li key={file.path} className={styles.file}>
            {file.url ? (
              <a className={runStyles.link} href={file.url} download aria-label={t.files.download(file.path)}>
                {file.path}
              </a>
            ) : (
              <span title={file.ref ?? ""}>
                {file.path} <span className={styles.muted}>{file.ref && t.artifacts.reference(file.ref)}</span>
              </span>
            )}
            <span className={styles.size}>{size(file.size_bytes)}</span>
          </li>
        ))}
      </ul>
      {files.length < total && <p className={styles.more}>{t.files.listed(files.length, total)}</p>}
      {total === 0 && <p className={styles.more}>{t.artifacts.noFiles}</p>}
      <p className={styles.more}>
        <Link className={runStyles.link} href={artifactAt(version, version.type)}>
          {t.artifacts.openPage(nameOf(version))}
        </Link>
      </p>
    </>
  );
}

/** How many versions a run's tab has. */
export function useArtifactCount(place: Place, run: Run): number {
  const { logged, used } = usePassed(place, run);
  return logged + used;
}
