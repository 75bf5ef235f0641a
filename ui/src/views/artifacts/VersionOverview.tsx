/** What a version is: described by its maker, its metadata, where it came from, who uses it, and the lines to use it. */
import { type ReactNode, useState } from "react";
import { Link } from "wouter";
import type { Place } from "../../net/projects";
import type { RunRef, VersionPlace, WholeVersion } from "../../net/shapes";
import { count, size } from "../../series/format";
import { cutMiddle } from "../../series/names";
import { flatten } from "../../series/tagged";
import { changeVersion } from "../../state/artifactEdits";
import { t } from "../../texts";
import { artifactAt, registryAt, registryOf, runAt } from "../addresses";
import { Card } from "../parts/Card";
import { CopyButton, SearchInput } from "../parts/Controls";
import { EditedMarkdown } from "../parts/EditedMarkdown";
import { dayAndTime } from "../parts/moments";
import parts from "../parts/parts.module.css";
import { State } from "../parts/RunMarks";
import runStyles from "../run/run.module.css";
import { search, ValueTree } from "../run/ValueTree";
import styles from "./artifacts.module.css";

/** From so many keys on there is a search. */
const SEARCH_FROM = 8;
/** Runs that the server lists of one version. */
const USERS_LISTED = 100;

export function VersionOverview({ place, version }: { place: Place; version: WholeVersion }) {
  return (
    <div className={styles.overview}>
      <div className={runStyles.column}>
        <Description place={place} version={version} />
        <Metadata place={place} version={version} />
      </div>
      <div className={runStyles.column}>
        <UseIt place={place} version={version} />
        <Facts version={version} />
        <Runs version={version} />
      </div>
    </div>
  );
}

function Description({ place, version }: { place: Place; version: WholeVersion }) {
  return (
    <EditedMarkdown
      id="artifact-description"
      title={t.artifactPages.description}
      text={version.description ?? ""}
      empty={t.artifactPages.noDescription}
      editLabel={t.artifactPages.editDescription}
      inputLabel={t.artifactPages.descriptionLabel}
      writable={version.writable}
      onSave={(description) => changeVersion(place, version.name, version.version, { description })}
    />
  );
}

function Metadata({ place, version }: { place: Place; version: WholeVersion }) {
  const [find, setFind] = useState("");
  const metadata = version.metadata ?? {};
  const keys = flatten(metadata).length;
  const found = search(metadata, find);
  return (
    <Card
      id="artifact-metadata"
      title={t.artifactPages.metadata}
      aside={keys > 0 && <small>{t.artifactPages.keys(keys)}</small>}
    >
      {keys === 0 && <p className={runStyles.none}>{t.artifactPages.noMetadata}</p>}
      {keys >= SEARCH_FROM && (
        <div className={runStyles.cardSearch}>
          <SearchInput
            label={t.artifactPages.findMetadata}
            value={find}
            onChange={(event) => setFind(event.target.value)}
          />
        </div>
      )}
      {keys > 0 && (
        <div className={runStyles.pairs}>
          <ValueTree place={place} run={version.run?.id ?? ""} values={found} typed open={find !== ""} />
          {Object.keys(found).length === 0 && <p className={runStyles.none}>{t.artifactPages.noMetadataMatch}</p>}
        </div>
      )}
    </Card>
  );
}

function UseIt({ place, version }: { place: Place; version: WholeVersion }) {
  const [tool, setTool] = useState<"runwell" | "wandb">("runwell");
  const name = `${place.entity}/${place.project}/${version.name}:${version.version}`;
  const text = [
    `import ${tool}`,
    `run = ${tool}.init(project=${JSON.stringify(place.project)})`,
    `artifact = run.use_artifact(${JSON.stringify(name)})`,
    "folder = artifact.download()",
  ].join("\n");
  return (
    <Card
      id="artifact-use"
      title={t.artifactPages.use}
      aside={
        <span className={styles.useBar}>
          <span className={parts.segmented} role="group" aria-label={t.artifactPages.use}>
            {(["runwell", "wandb"] as const).map((one) => (
              <button key={one} type="button" aria-pressed={one === tool} onClick={() => setTool(one)}>
                {one}
              </button>
            ))}
          </span>
          <CopyButton text={text} look="quiet" />
        </span>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <pre className={styles.useCode} tabIndex={0}>
        {text}
      </pre>
    </Card>
  );
}

function Facts({ version }: { version: WholeVersion }) {
  const names = t.artifactPages.factNames;
  const { source, ttl_s } = version;
  const isLink = source.name !== version.name || source.project !== version.project || source.entity !== version.entity;
  const rows: [string, ReactNode, string?][] = [
    [
      names.name,
      `${version.name}:${version.version}`,
      `${version.entity}/${version.project}/${version.name}:${version.version}`,
    ],
    [names.type, version.type],
    [names.files, count(version.file_count)],
    [names.size, size(version.size_bytes), `${count(version.size_bytes)} bytes`],
    [names.digest, <code key="digest">{version.digest}</code>, version.digest],
    [names.logged, dayAndTime(version.created_at)],
  ];
  if (ttl_s !== null && ttl_s > 0) rows.push([names.ttl, dayAndTime(version.created_at + ttl_s)]);
  if (isLink) rows.push([names.source, <VersionLink key="source" at={source} type={version.type} />]);
  if (version.links.length > 0 && !isLink) {
    rows.push([
      names.links,
      version.links.map((link) => <VersionLink key={`${link.project}/${link.name}`} at={link} type={version.type} />),
    ]);
  }
  return (
    <Card id="artifact-facts" title={t.artifactPages.facts}>
      <dl className={runStyles.env}>
        {rows.map(([name, value, title]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd title={title ?? (typeof value === "string" ? value : undefined)}>{value}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}

function VersionLink({ at, type }: { at: VersionPlace; type: string }) {
  const registry = registryOf(at);
  return (
    <Link className={styles.inline} href={registry ? registryAt(registry, at.name) : artifactAt(at, type)}>
      {`${registry ?? at.project}/${at.name}:${at.version}`}
    </Link>
  );
}

function Runs({ version }: { version: WholeVersion }) {
  const { logged_by: maker, used_by: users } = version;
  return (
    <Card
      id="artifact-runs"
      title={t.artifactPages.runs}
      aside={users.length > 0 && <small>{t.artifactPages.usedByTimes(users.length)}</small>}
    >
      <ul className={styles.runs}>
        {maker ? (
          <RunRow word={t.artifactPages.madeBy} run={maker} />
        ) : (
          <li className={styles.muted}>{t.artifactPages.noMaker}</li>
        )}
        {users.map((run) => (
          <RunRow key={`${run.project}/${run.id}`} word={t.artifactPages.usedBy} run={run} />
        ))}
        {users.length === 0 && <li className={styles.muted}>{t.artifactPages.noUsers}</li>}
        {users.length >= USERS_LISTED && <li className={styles.muted}>{t.artifactPages.usersCut(users.length)}</li>}
      </ul>
    </Card>
  );
}

function RunRow({ word, run }: { word: string; run: RunRef }) {
  return (
    <li>
      <span className={styles.way}>{word}</span>
      <Link className={parts.link} href={runAt(run, run.id)} title={run.name}>
        {cutMiddle(run.name, 40, 9)}
      </Link>
      {run.job_type && <span className={styles.muted}>{run.job_type}</span>}
      <span className={styles.rowEnd}>
        <State state={run.state} />
      </span>
    </li>
  );
}
