/** Two versions of one artifact: which files came, went or changed, line by line for text, and how the metadata differs. */
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useState } from "react";
import { useLocation, useSearch } from "wouter";
import {
  artifactTextQuery,
  type CollectionVersions,
  READ_AT_MOST,
  TEXT_BYTES,
  versionFilesQuery,
  versionQuery,
} from "../../net/artifacts";
import type { Place } from "../../net/projects";
import type { ArtifactFile, WholeVersion } from "../../net/shapes";
import { LINES_COMPARED, lineChanges } from "../../series/diff";
import { count, plain, size } from "../../series/format";
import { previewKind } from "../../series/preview";
import type { Json } from "../../series/tagged";
import { type Change, countChanges, type FileChange, fileChanges, valueChanges } from "../../series/versions";
import { t } from "../../texts";
import { artifactAt } from "../addresses";
import { Button, Empty } from "../parts/Controls";
import { DiffLines } from "../parts/DiffLines";
import { Icon } from "../parts/Icon";
import { Menu, MenuItem } from "../parts/Menus";
import parts from "../parts/parts.module.css";
import { Tree } from "../run/Files";
import fileStyles from "../run/files.module.css";
import styles from "./artifacts.module.css";
import compared from "./compare.module.css";

// The grid of rows is needed by nobody who compares files.
const CompareTables = lazy(() => import("./CompareTables"));

/** Versions that the menu offers. */
const OFFERED = 100;
const BINARY = new Set(["image", "audio", "video"]);
const TABS = ["files", "tables", "metadata"] as const;
type Tab = (typeof TABS)[number];

export function Compare({
  place,
  collection,
  version,
}: {
  place: Place;
  collection: CollectionVersions;
  version: WholeVersion;
}) {
  const [, navigate] = useLocation();
  const query = new URLSearchParams(useSearch());
  const asked = query.get("with");
  const shown = TABS.find((one) => one === query.get("show")) ?? "files";
  const others = collection.items.filter((one) => one.version !== version.version);
  const at = collection.items.findIndex((one) => one.version === version.version);
  const chosen = others.find((one) => one.version === asked) ?? collection.items[at + 1] ?? others[0];
  if (!chosen) return <Empty title={t.artifactPages.noOther} />;
  const show = (changes: Record<string, string>) => {
    const next = new URLSearchParams({ with: chosen.version, ...Object.fromEntries(query), ...changes });
    const page = artifactAt({ ...place, name: version.name, version: version.version }, version.type, "compare");
    navigate(`${page}?${next}`, { replace: true });
  };
  return (
    <div className={compared.compare}>
      <div className={compared.compareBar}>
        <span className={compared.muted}>{t.artifactPages.against}</span>
        <Menu
          trigger={
            <Button>
              {chosen.version}
              <Icon name="chevronDown" size={14} />
            </Button>
          }
        >
          {others.slice(0, OFFERED).map((one) => (
            <MenuItem
              key={one.version}
              checked={one.version === chosen.version}
              tail={one.aliases.join(", ")}
              onSelect={() => show({ with: one.version })}
            >
              {one.version}
            </MenuItem>
          ))}
        </Menu>
        <Compared
          key={chosen.version}
          place={place}
          before={chosen.version}
          version={version}
          tab={shown}
          table={query.get("table")}
          onShow={show}
        />
      </div>
    </div>
  );
}

function Compared({
  place,
  before,
  version,
  tab: asked,
  table,
  onShow,
}: {
  place: Place;
  before: string;
  version: WholeVersion;
  tab: Tab;
  table: string | null;
  onShow: (changes: Record<string, string>) => void;
}) {
  const [all, setAll] = useState(false);
  const [chosen, setChosen] = useState<string | null>(null);
  const old = useQuery(versionQuery(place, version.name, before));
  const oldFiles = useQuery(versionFilesQuery(place, version.name, before));
  const newFiles = useQuery(versionFilesQuery(place, version.name, version.version));
  const files = useMemo(
    () => (oldFiles.data && newFiles.data ? fileChanges(oldFiles.data.rows, newFiles.data.rows) : null),
    [oldFiles.data, newFiles.data],
  );
  const values = useMemo(
    () => (old.data ? valueChanges(old.data.metadata ?? {}, version.metadata ?? {}) : null),
    [old.data, version.metadata],
  );
  const failed = old.error ?? oldFiles.error ?? newFiles.error;
  if (failed) return <Empty title={t.artifactPages.loadFailed(failed.message || t.errors.unreachable)} />;
  if (!files || !values) return null;
  const shown = all ? files : files.filter((one) => one.change !== "same");
  const file = shown.find((one) => one.path === chosen) ?? null;
  const isCut = (oldFiles.data?.total ?? 0) > READ_AT_MOST || (newFiles.data?.total ?? 0) > READ_AT_MOST;
  const differing = (changes: { change: Change }[]) => changes.filter((one) => one.change !== "same").length;
  const tables = files.filter(({ path }) => previewKind(path) === "table");
  const tab = asked === "tables" && tables.length === 0 ? "files" : asked;
  const tabs: [Tab, string, { change: Change }[]][] = [
    ["files", t.artifactPages.fileChanges, files],
    ...(tables.length > 0 ? [["tables", t.tableCompare.tab, tables] as [Tab, string, FileChange[]]] : []),
    ["metadata", t.artifactPages.metadataChanges, values],
  ];
  return (
    <>
      <span className={parts.segmented} role="group" aria-label={t.artifactPages.tabs.compare}>
        {tabs.map(([one, name, changes]) => (
          <button key={one} type="button" aria-pressed={tab === one} onClick={() => onShow({ show: one })}>
            {name} {count(differing(changes))}
          </button>
        ))}
      </span>
      {tab === "tables" ? <span /> : <Counts changes={tab === "files" ? files : values} />}
      {tab === "tables" ? (
        <span />
      ) : (
        <Button look={all ? "plain" : "on"} aria-pressed={!all} className={styles.rowEnd} onClick={() => setAll(!all)}>
          {t.artifactPages.hideSame}
        </Button>
      )}
      <div className={compared.compareBody}>
        {tab === "tables" ? (
          <Suspense fallback={null}>
            <CompareTables
              place={place}
              name={version.name}
              versions={[before, version.version]}
              tables={tables}
              chosen={table}
              onChoose={(path) => onShow({ table: path })}
            />
          </Suspense>
        ) : tab === "metadata" ? (
          <Values
            rows={all ? values : values.filter((one) => one.change !== "same")}
            before={before}
            after={version.version}
          />
        ) : shown.length === 0 ? (
          <Empty title={t.artifactPages.noDifference} />
        ) : (
          <div className={fileStyles.files}>
            <div className={fileStyles.side}>
              <Tree
                files={shown}
                chosen={chosen}
                searching={false}
                onChoose={setChosen}
                note={(one) => <ChangeWord change={one.change} />}
              />
              {isCut && <p className={fileStyles.total}>{t.artifactPages.cutFiles(READ_AT_MOST)}</p>}
            </div>
            {file ? <FileDiff key={file.path} change={file} /> : <Empty title={t.artifactPages.chooseFile} />}
          </div>
        )}
      </div>
    </>
  );
}

function Counts({ changes }: { changes: { change: Change }[] }) {
  const counts = countChanges(changes);
  return (
    <span className={compared.counts} role="status">
      {(["added", "removed", "changed", "same"] as const).map((change) => (
        <span key={change} data-change={change}>
          {t.artifactPages.signs[change]} {count(counts[change])} {t.artifactPages.changes[change]}
        </span>
      ))}
    </span>
  );
}

function ChangeWord({ change }: { change: Change }) {
  return (
    <span className={compared.change} data-change={change}>
      {t.artifactPages.signs[change]} {t.artifactPages.changes[change]}
    </span>
  );
}

function Values({
  rows,
  before,
  after,
}: {
  rows: { key: string; change: Change; before: Json | undefined; after: Json | undefined }[];
  before: string;
  after: string;
}) {
  if (rows.length === 0) return <Empty title={t.artifactPages.noDifference} />;
  const cell = (value: Json | undefined) =>
    value === undefined ? <td className={compared.muted}>–</td> : <td title={plain(value)}>{plain(value)}</td>;
  return (
    <div className={compared.values}>
      <div className={parts.card}>
        <table className={parts.table}>
          <colgroup>
            <col style={{ width: "30%" }} />
            <col style={{ width: 96 }} />
            <col />
            <col />
          </colgroup>
          <thead>
            <tr>
              <th scope="col">{t.artifactPages.metadataChanges}</th>
              <td />
              <th scope="col">{before}</th>
              <th scope="col">{after}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((one) => (
              <tr key={one.key}>
                <td title={one.key}>{one.key}</td>
                <td>
                  <ChangeWord change={one.change} />
                </td>
                {cell(one.before)}
                {cell(one.after)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </div>
  );
}

function FileDiff({ change }: { change: FileChange<ArtifactFile> }) {
  const { before, after, path } = change;
  const kind = previewKind(path);
  const large = Math.max(before?.size_bytes ?? 0, after?.size_bytes ?? 0) > TEXT_BYTES;
  const isText = !BINARY.has(kind) && !large && before?.url !== null && after?.url !== null;
  return (
    <section className={fileStyles.preview} aria-label={path}>
      <header className={fileStyles.head}>
        <h2 title={path}>{path}</h2>
        <span className={fileStyles.facts}>
          {before && after && before.size_bytes !== after.size_bytes
            ? `${size(before.size_bytes)} → ${size(after.size_bytes)}`
            : size((after ?? before)!.size_bytes)}
        </span>
        <span className={styles.rowEnd}>
          <ChangeWord change={change.change} />
        </span>
      </header>
      <div className={fileStyles.content}>
        {isText ? (
          <Lines path={path} before={before} after={after} />
        ) : kind === "image" ? (
          <div className={compared.pair}>
            {before?.url && <img src={before.url} alt={`${path}, ${t.artifactPages.was}`} />}
            {after?.url && <img src={after.url} alt={`${path}, ${t.artifactPages.is}`} />}
          </div>
        ) : (
          <Empty title={large ? t.artifactPages.tooLong(size(TEXT_BYTES)) : t.artifactPages.noTextDiff} />
        )}
      </div>
    </section>
  );
}

/** A file that isn't there: nothing to read. */
const NOTHING: ArtifactFile = { path: "", size_bytes: 0, digest: "", ref: null, url: null };

function Lines({ path, before, after }: { path: string; before: ArtifactFile | null; after: ArtifactFile | null }) {
  const old = useQuery(artifactTextQuery(before ?? NOTHING, TEXT_BYTES));
  const now = useQuery(artifactTextQuery(after ?? NOTHING, TEXT_BYTES));
  const lines = useMemo(
    () => (typeof old.data === "string" && typeof now.data === "string" ? lineChanges(old.data, now.data) : null),
    [old.data, now.data],
  );
  const failed = old.error ?? now.error;
  if (failed) return <Empty title={t.artifactPages.loadFailed(failed.message || t.errors.unreachable)} />;
  if (old.data === null || now.data === null) return <Empty title={t.artifactPages.noTextDiff} />;
  if (!lines) return null;
  const differing = lines.filter((line) => line.kind !== "same").length;
  return (
    <>
      <p className={fileStyles.note} role="status">
        {t.artifactPages.linesDiffer(differing)}
        {lines.length >= LINES_COMPARED && ` ${t.artifactPages.linesCut(LINES_COMPARED)}`}
      </p>
      <DiffLines lines={lines} label={path} />
    </>
  );
}
