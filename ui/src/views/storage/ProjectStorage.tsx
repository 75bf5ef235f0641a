/** Storage of one project: by kind, by collection of artifacts, and its largest runs. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import type { Place } from "../../net/projects";
import {
  type CollectionStorage,
  projectStorageQuery,
  type RunStorage,
  type StorageKind,
  type StorageLine,
} from "../../net/storage";
import { count, size } from "../../series/format";
import { cutMiddle } from "../../series/names";
import { t } from "../../texts";
import { artifactAt, runAt } from "../addresses";
import { Card } from "../parts/Card";
import { Button, Empty } from "../parts/Controls";
import { useTitle } from "../parts/hooks";
import parts from "../parts/parts.module.css";
import { useWritable } from "../parts/useWritable";
import { NotThere } from "../shell/NotThere";
import { CleanUp } from "./CleanUp";
import { type SizeColumn, SizeTable } from "./SizeTable";
import styles from "./storage.module.css";

const KINDS: StorageKind[] = ["artifacts", "files", "media", "metrics", "console", "uploads"];
const WIDTH = 104;

type Kind = StorageLine & { kind: StorageKind };

function lineColumns<T extends StorageLine>(): SizeColumn<T>[] {
  return [
    {
      key: "size",
      head: t.storage.head.size,
      title: t.storage.sizeTitle,
      value: (one) => one.referenced_bytes,
      show: (one) => size(one.referenced_bytes),
      width: WIDTH,
    },
    {
      key: "frees",
      head: t.storage.head.frees,
      title: t.storage.freesTitle,
      value: (one) => one.freed_bytes,
      show: (one) => size(one.freed_bytes),
      width: WIDTH,
    },
  ];
}

const KIND_COLUMNS: SizeColumn<Kind>[] = [
  {
    key: "kind",
    head: t.storage.head.kind,
    isText: true,
    value: (one) => t.storage.kinds[one.kind],
    show: (one) => t.storage.kinds[one.kind],
  },
  {
    key: "count",
    head: t.storage.head.count,
    value: (one) => one.count,
    show: (one) => count(one.count),
    width: WIDTH,
  },
  ...lineColumns<Kind>(),
];

const collectionColumns = (place: Place): SizeColumn<CollectionStorage>[] => [
  {
    key: "collection",
    head: t.storage.head.collection,
    isText: true,
    value: (one) => one.name,
    show: (one) =>
      one.versions > 0 ? (
        <Link
          href={artifactAt({ ...place, name: one.name, version: "latest" }, one.type)}
          className={parts.link}
          title={one.name}
        >
          {cutMiddle(one.name, 64, 16)}
        </Link>
      ) : (
        one.name
      ),
  },
  {
    key: "type",
    head: t.storage.head.type,
    isText: true,
    value: (one) => one.type,
    show: (one) => one.type,
    width: 144,
  },
  {
    key: "versions",
    head: t.storage.head.versions,
    value: (one) => one.versions,
    show: (one) => count(one.versions),
    width: WIDTH,
  },
  ...lineColumns<CollectionStorage>(),
];

const runColumns = (place: Place): SizeColumn<RunStorage>[] => [
  {
    key: "run",
    head: t.storage.head.run,
    isText: true,
    value: (one) => one.name,
    show: (one) =>
      one.deleted ? (
        <span className={styles.muted}>
          {cutMiddle(one.name, 48)}, {t.storage.deleted}
        </span>
      ) : (
        <Link href={runAt(place, one.id)} className={parts.link} title={one.name}>
          {cutMiddle(one.name, 48)}
        </Link>
      ),
  },
  {
    key: "state",
    head: t.storage.head.state,
    isText: true,
    value: (one) => one.state,
    show: (one) => t.states[one.state as keyof typeof t.states] ?? one.state,
    width: 104,
  },
  {
    key: "size",
    head: t.storage.head.size,
    title: t.storage.sizeTitle,
    value: (one) => one.bytes,
    show: (one) => size(one.bytes),
    width: WIDTH,
  },
  ...(["files", "media", "metrics", "console"] as const).map((kind) => ({
    key: kind,
    head: t.storage.kinds[kind],
    value: (one: RunStorage) => one.kinds[kind] ?? 0,
    show: (one: RunStorage) => (one.kinds[kind] ? size(one.kinds[kind]) : "–"),
    isExtra: kind === "console",
    width: 92,
  })),
];

export function ProjectStorage({ place }: { place: Place }) {
  useTitle(`${t.storage.title} · ${place.project}`);
  const answer = useQuery(projectStorageQuery(place));
  const writable = useWritable(place);
  const [cleaning, setCleaning] = useState(false);
  const found = answer.data;
  if (answer.isError && !found) {
    if ("status" in answer.error && answer.error.status === 404) return <NotThere />;
    return (
      <Empty isPage title={t.storage.loadFailed(answer.error.message || t.errors.unreachable)}>
        <Button onClick={() => void answer.refetch()}>{t.actions.retry}</Button>
      </Empty>
    );
  }
  if (!found) return null;
  const kinds = KINDS.map((kind) => ({ kind, ...found.kinds[kind] })).filter((one) => one.count > 0);
  return (
    <div className={styles.body}>
      <div className={styles.page}>
        <div className={styles.head}>
          <h1>{t.storage.ofProject(place.project)}</h1>
          <p>
            {size(found.referenced_bytes)}. <Link href="/settings/storage">{t.storage.all}</Link>
          </p>
          {writable && <Button onClick={() => setCleaning(true)}>{t.storage.cleanUp}</Button>}
        </div>
        {kinds.length === 0 && <Empty title={t.storage.projectEmpty} />}
        {kinds.length > 0 && (
          <Card id="storage-kinds" title={t.storage.kindsTitle}>
            <SizeTable
              label={t.storage.kindsTitle}
              rows={kinds}
              columns={KIND_COLUMNS}
              id={(one) => one.kind}
              first="size"
            />
          </Card>
        )}
        {found.collections.length > 0 && (
          <Card id="storage-collections" title={t.storage.collections}>
            <SizeTable
              label={t.storage.collections}
              rows={found.collections}
              columns={collectionColumns(place)}
              id={(one) => one.name}
              first="size"
            />
          </Card>
        )}
        {found.largest_runs.length > 0 && (
          <Card
            id="storage-runs"
            title={t.storage.largestRuns}
            aside={
              <span className={styles.muted}>{t.storage.shownOf(found.largest_runs.length, found.run_count)}</span>
            }
          >
            <SizeTable
              label={t.storage.largestRuns}
              rows={found.largest_runs}
              columns={runColumns(place)}
              id={(one) => one.id}
              first="size"
            />
          </Card>
        )}
      </div>
      {cleaning && <CleanUp place={place} onClose={() => setCleaning(false)} />}
    </div>
  );
}
