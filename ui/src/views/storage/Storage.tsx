/** Storage of the whole server: the disk, every project by kind, and the way to clean up. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { type ProjectStorage, type StorageKind, storageQuery } from "../../net/storage";
import { size } from "../../series/format";
import { t } from "../../texts";
import { storageAt } from "../addresses";
import { Button, Empty } from "../parts/Controls";
import { useTitle } from "../parts/hooks";
import parts from "../parts/parts.module.css";
import { CleanUp } from "./CleanUp";
import { DiskBar } from "./DiskBar";
import { type SizeColumn, SizeTable } from "./SizeTable";
import styles from "./storage.module.css";

const KINDS: StorageKind[] = ["artifacts", "files", "media", "metrics", "console"];

const nameOf = (one: ProjectStorage) => `${one.entity}/${one.project}`;

const COLUMNS: SizeColumn<ProjectStorage>[] = [
  {
    key: "project",
    head: t.storage.head.project,
    isText: true,
    value: nameOf,
    show: (one) =>
      one.deleted ? (
        <span className={styles.muted}>
          {nameOf(one)}, {t.storage.deleted}
        </span>
      ) : (
        <Link href={storageAt(one)} className={parts.link} title={t.storage.open(nameOf(one))}>
          <span className={styles.muted}>{one.entity} / </span>
          {one.project}
        </Link>
      ),
  },
  {
    key: "size",
    head: t.storage.head.size,
    title: t.storage.sizeTitle,
    value: (one) => one.referenced_bytes,
    show: (one) => size(one.referenced_bytes),
    width: 92,
  },
  {
    key: "frees",
    head: t.storage.head.frees,
    title: t.storage.freesTitle,
    value: (one) => one.freed_bytes,
    show: (one) => size(one.freed_bytes),
    width: 92,
  },
  ...KINDS.map((kind) => ({
    key: kind,
    head: t.storage.kinds[kind],
    value: (one: ProjectStorage) => one.kinds[kind].referenced_bytes,
    show: (one: ProjectStorage) => (one.kinds[kind].count ? size(one.kinds[kind].referenced_bytes) : "–"),
    isExtra: kind === "console" || kind === "metrics",
    width: 92,
  })),
  {
    key: "deleted",
    head: t.storage.head.deleted,
    title: t.storage.deletedTitle,
    value: (one) => one.bin_bytes,
    show: (one) => (one.bin_bytes ? size(one.bin_bytes) : "–"),
    width: 92,
  },
];

export function Storage() {
  useTitle(t.storage.title);
  const answer = useQuery(storageQuery);
  const [cleaning, setCleaning] = useState(false);
  return (
    <section id="storage" className={styles.page} aria-labelledby="storage-title">
      <div className={styles.head}>
        <h1 id="storage-title">{t.storage.title}</h1>
        <p>{t.storage.text}</p>
        <Button onClick={() => setCleaning(true)} disabled={!answer.data}>
          {t.storage.cleanUp}
        </Button>
      </div>
      {answer.isError && (
        <Empty title={t.storage.loadFailed(answer.error.message || t.errors.unreachable)}>
          <Button onClick={() => void answer.refetch()}>{t.actions.retry}</Button>
        </Empty>
      )}
      {answer.data && (
        <>
          <div className={parts.card}>
            <DiskBar overview={answer.data} />
          </div>
          <div className={parts.card}>
            {answer.data.projects.length === 0 ? (
              <Empty title={t.storage.emptyTitle}>
                <p>{t.storage.emptyText}</p>
              </Empty>
            ) : (
              <SizeTable
                label={t.storage.title}
                rows={answer.data.projects}
                columns={COLUMNS}
                id={nameOf}
                first="size"
              />
            )}
          </div>
        </>
      )}
      {cleaning && <CleanUp onClose={() => setCleaning(false)} />}
    </section>
  );
}
