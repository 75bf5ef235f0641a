/** A project's artifacts: types, and under each the collections with how many versions they have. */
import { useQuery } from "@tanstack/react-query";
import { useMemo, useRef, useState } from "react";
import { Link, useParams } from "wouter";
import { serverQuery } from "../../net/account";
import { collectionsQuery } from "../../net/artifacts";
import { ApiError } from "../../net/http";
import type { Place } from "../../net/projects";
import type { Collection } from "../../net/shapes";
import { count, size } from "../../series/format";
import { byName, cutMiddle } from "../../series/names";
import { t } from "../../texts";
import { artifactAt, artifactsAt, storageAt } from "../addresses";
import { Button, CopyButton, Empty, SearchInput, Tag } from "../parts/Controls";
import { useKeys, useTitle } from "../parts/hooks";
import { ago, dayAndTime } from "../parts/moments";
import parts from "../parts/parts.module.css";
import { NotThere } from "../shell/NotThere";
import styles from "./collections.module.css";

/** Collections of a type written at first; a press writes more. */
const ROWS_AT_ONCE = 200;
/** New ones appear without a reload. */
const ASKED_EVERY_MS = 10_000;

export function Collections({ place }: { place: Place }) {
  useTitle(`${t.artifactPages.tab} · ${place.project}`);
  const { type: only } = useParams();
  const answer = useQuery({ ...collectionsQuery(place), refetchInterval: ASKED_EVERY_MS });
  const [find, setFind] = useState("");
  const input = useRef<HTMLInputElement>(null);
  useKeys({
    "/": (event) => {
      event.preventDefault();
      input.current?.focus();
    },
  });
  const rows = answer.data?.rows;
  const types = useMemo(() => byType(rows ?? []), [rows]);
  const server = useQuery(serverQuery).data;
  // A project of the reader's own that isn't there yet: its first run makes it.
  if (answer.error instanceof ApiError && answer.error.status === 404) {
    return server && server.entity === place.entity ? <First place={place} /> : <NotThere />;
  }
  if (answer.isError && !rows) {
    return (
      <Empty isPage title={t.artifactPages.loadFailed(answer.error.message || t.errors.unreachable)}>
        <Button onClick={() => void answer.refetch()}>{t.actions.retry}</Button>
      </Empty>
    );
  }
  if (!rows) return null;
  if (rows.length === 0) return <First place={place} />;
  const wanted = find.trim().toLowerCase();
  const matches = (one: Collection) =>
    !wanted || `${one.name} ${one.type} ${one.tags.join(" ")} ${one.description ?? ""}`.toLowerCase().includes(wanted);
  const shown = types
    .filter(([type]) => !only || type === only)
    .map(([type, all]) => [type, all.filter(matches)] as const)
    .filter(([, all]) => all.length > 0);
  const found = shown.reduce((sum, [, all]) => sum + all.length, 0);
  const total = answer.data?.total ?? rows.length;
  return (
    <div className={styles.list}>
      <h1 className="visually-hidden">
        {place.entity} / {place.project}, {t.artifactPages.tab}
      </h1>
      <div className={styles.listBar}>
        <SearchInput
          ref={input}
          className={styles.find}
          label={t.artifactPages.find}
          hint="/"
          value={find}
          onChange={(event) => setFind(event.target.value)}
        />
        <nav className={styles.types} aria-label={t.artifacts.head[1]}>
          <Link href={artifactsAt(place)} className={styles.typeLink} aria-current={only ? undefined : "page"}>
            {t.artifactPages.everyType} <small>{count(total)}</small>
          </Link>
          {types.map(([type, all]) => (
            <Link
              key={type}
              href={`${artifactsAt(place)}/${encodeURIComponent(type)}`}
              className={styles.typeLink}
              aria-current={type === only ? "page" : undefined}
              title={type}
            >
              {cutMiddle(type, 24)} <small>{count(all.length)}</small>
            </Link>
          ))}
        </nav>
        <span className={styles.listCount} role="status">
          {found === total ? t.artifactPages.collections(total) : t.artifactPages.collectionsOf(found, total)}
        </span>
        <Link href={storageAt(place)} className={parts.link}>
          {t.storage.title}
        </Link>
      </div>
      <div className={styles.listBody}>
        {found === 0 && <Empty title={t.artifactPages.noneMatch} />}
        {found > 0 && <Table shown={shown} />}
      </div>
    </div>
  );
}

function byType(collections: Collection[]): [string, Collection[]][] {
  const types = new Map<string, Collection[]>();
  for (const one of collections) types.set(one.type, [...(types.get(one.type) ?? []), one]);
  return [...types]
    .sort(([a], [b]) => byName(a, b))
    .map(([type, all]) => [type, all.sort((a, b) => byName(a.name, b.name))]);
}

function Table({ shown }: { shown: (readonly [string, Collection[]])[] }) {
  const { head } = t.artifactPages;
  return (
    <div className={parts.card}>
      <table className={`${parts.table} ${styles.table}`}>
        <colgroup>
          <col />
          <col style={{ width: 88 }} />
          <col style={{ width: 80 }} />
          <col style={{ width: 104 }} />
          <col style={{ width: 120 }} />
          <col className={styles.tagsColumn} />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">{head.name}</th>
            <th scope="col" className={styles.number}>
              {head.versions}
            </th>
            <th scope="col">{head.newest}</th>
            <th scope="col" className={styles.number} title={t.artifactPages.sizeTitle}>
              {head.size}
            </th>
            <th scope="col">{head.updated}</th>
            <th scope="col">{head.tags}</th>
          </tr>
        </thead>
        {shown.map(([type, all]) => (
          <Group key={type} type={type} all={all} />
        ))}
      </table>
    </div>
  );
}

function Group({ type, all }: { type: string; all: Collection[] }) {
  const [most, setMost] = useState(ROWS_AT_ONCE);
  return (
    <tbody>
      <tr className={styles.typeRow}>
        <th scope="rowgroup" colSpan={6} title={type}>
          {cutMiddle(type, 96)} <small>{count(all.length)}</small>
        </th>
      </tr>
      {all.slice(0, most).map((one) => (
        <tr key={one.name}>
          <td>
            <Link
              href={artifactAt({ ...one, version: one.newest ?? "latest" }, one.type)}
              className={styles.nameLink}
              title={one.name}
            >
              {cutMiddle(one.name, 64, 16)}
            </Link>
            {one.description && (
              <span className={styles.about}>{one.description.replace(/\s+/g, " ").slice(0, 160)}</span>
            )}
          </td>
          <td className={styles.number}>
            {count(one.versions)}
            {one.kind === "portfolio" && ` ${t.artifactPages.portfolio}`}
          </td>
          <td>{one.newest ?? "–"}</td>
          <td className={styles.number}>{size(one.size_bytes)}</td>
          <td className={styles.muted} title={dayAndTime(one.updated_at)}>
            {ago(one.updated_at)}
          </td>
          <td>
            {one.tags.map((tag) => (
              <Tag key={tag}>{tag}</Tag>
            ))}
          </td>
        </tr>
      ))}
      {all.length > most && (
        <tr>
          <td colSpan={6}>
            <Button look="quiet" onClick={() => setMost(most + ROWS_AT_ONCE)}>
              {t.panels.showMore(Math.min(ROWS_AT_ONCE, all.length - most))}
            </Button>
          </td>
        </tr>
      )}
    </tbody>
  );
}

/** What an empty project says: the lines that log the first one. */
function First({ place }: { place: Place }) {
  const server = useQuery(serverQuery).data;
  const [tool, setTool] = useState<"runwell" | "wandb">("runwell");
  const text = [
    `with ${tool}.init(project=${JSON.stringify(place.project)}) as run:`,
    `    artifact = ${tool}.Artifact("my-data", type="dataset"); artifact.add_dir("data")`,
    "    run.log_artifact(artifact)",
  ].join("\n");
  return (
    <div className={styles.first}>
      <h1>{t.artifactPages.emptyTitle}</h1>
      <p>{t.artifactPages.emptyText}</p>
      <div className={styles.snippet}>
        <div className={styles.snippetBar}>
          <span className={parts.segmented} role="group" aria-label={t.artifactPages.use}>
            {(["runwell", "wandb"] as const).map((one) => (
              <button key={one} type="button" aria-pressed={one === tool} onClick={() => setTool(one)}>
                {one}
              </button>
            ))}
          </span>
          {server && <span className={styles.muted}>{server.base_url}</span>}
          <CopyButton text={text} look="quiet" />
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
        <pre tabIndex={0}>{text}</pre>
      </div>
    </div>
  );
}
