/** The versions of a collection, newest first, each with its aliases. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import { Link } from "wouter";
import type { CollectionVersions } from "../../net/artifacts";
import type { Place } from "../../net/projects";
import type { ArtifactVersion } from "../../net/shapes";
import { count } from "../../series/format";
import { cutMiddle } from "../../series/names";
import { t } from "../../texts";
import { artifactAt, artifactsAt } from "../addresses";
import { SearchInput, Tag } from "../parts/Controls";
import { useKeys, useRowPx } from "../parts/hooks";
import { Icon } from "../parts/Icon";
import { age, dayAndTime } from "../parts/moments";
import type { ArtifactTab } from "./ArtifactPage";
import styles from "./artifacts.module.css";

/** From so many versions on there is a search. */
const SEARCH_FROM = 8;

export function VersionList({
  place,
  collection,
  chosen,
  tab,
}: {
  place: Place;
  collection: CollectionVersions;
  /** Number or alias, as the address says it. */
  chosen: string;
  tab: ArtifactTab;
}) {
  const [find, setFind] = useState("");
  const input = useRef<HTMLInputElement>(null);
  const scroller = useRef<HTMLElement>(null);
  useKeys({
    "/": (event) => {
      if (!input.current) return;
      event.preventDefault();
      input.current.focus();
    },
  });
  const { items, name, total } = collection;
  const wanted = find.trim().toLowerCase();
  const rows = useMemo(() => items.filter((one) => matches(one, wanted)), [items, wanted]);
  const rowPx = useRowPx();
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowPx,
    overscan: 12,
  });
  const at = rows.findIndex((one) => isChosen(one, chosen));
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another version moves the list.
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: "auto" });
  }, [chosen]);
  return (
    <aside className={styles.side} aria-label={t.artifactPages.versionsOf(name)}>
      <Link href={artifactsAt(place)} className={styles.back}>
        <Icon name="arrowLeft" />
        {t.artifactPages.all}
      </Link>
      {items.length >= SEARCH_FROM && (
        <div className={styles.sideFind}>
          <SearchInput
            ref={input}
            label={t.artifactPages.findVersion}
            hint="/"
            value={find}
            onChange={(event) => setFind(event.target.value)}
          />
        </div>
      )}
      <p className={styles.sideHead} title={name}>
        <span>{cutMiddle(name, 28, 10)}</span>
        <small>{count(total)}</small>
      </p>
      <nav ref={scroller} className={styles.versions} aria-label={t.artifactPages.versionsOf(name)}>
        <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
          {virtual.getVirtualItems().map((item) => {
            const one = rows[item.index]!;
            return (
              <Link
                key={one.version}
                href={artifactAt(
                  { ...place, name, version: one.version },
                  one.type,
                  tab === "overview" ? undefined : tab,
                )}
                className={styles.versionRow}
                style={{ top: item.start }}
                aria-current={item.index === at ? "page" : undefined}
                title={[`${name}:${one.version}`, ...one.aliases, dayAndTime(one.created_at)].join("\n")}
              >
                <span className={styles.versionName}>{one.version}</span>
                <span className={styles.versionAliases}>
                  {one.aliases.map((alias) => (
                    <Tag key={alias}>{alias}</Tag>
                  ))}
                </span>
                <small>{age(one.created_at)}</small>
              </Link>
            );
          })}
        </div>
        {rows.length === 0 && (
          <p className={styles.sideNote}>
            {items.length === 0 ? t.artifactPages.noVersions : t.artifactPages.noneMatchVersion}
          </p>
        )}
      </nav>
      {items.length < total && <p className={styles.sideNote}>{t.artifactPages.versionsListed(items.length, total)}</p>}
    </aside>
  );
}

const isChosen = (one: ArtifactVersion, chosen: string) => one.version === chosen || one.aliases.includes(chosen);

function matches(one: ArtifactVersion, wanted: string): boolean {
  if (!wanted) return true;
  const words = [one.version, ...one.aliases, ...one.tags, one.run?.name ?? "", one.description ?? ""];
  return words.some((word) => word.toLowerCase().includes(wanted));
}
