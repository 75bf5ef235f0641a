/** Type, name, version, aliases, tags and facts of a version, the same on every tab. */
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { Link, useLocation } from "wouter";
import type { CollectionVersions } from "../../net/artifacts";
import type { Place } from "../../net/projects";
import { mayLink, registriesQuery } from "../../net/registries";
import type { WholeVersion } from "../../net/shapes";
import { size } from "../../series/format";
import { cutMiddle } from "../../series/names";
import { changeVersion } from "../../state/artifactEdits";
import { t } from "../../texts";
import { artifactAt, artifactsAt, runAt } from "../addresses";
import { copyText, IconButton } from "../parts/Controls";
import heads from "../parts/head.module.css";
import { Menu, MenuItem, MenuRule } from "../parts/Menus";
import { dayAndTime } from "../parts/moments";
import parts from "../parts/parts.module.css";
import { StateGlyph } from "../parts/RunMarks";
import styles from "./artifacts.module.css";
import { AliasChips, TagChips } from "./Chips";
import { DeleteArtifact, type Deleted } from "./DeleteArtifact";

const LinkDialog = lazy(() => import("../registry/LinkDialog").then((room) => ({ default: room.LinkDialog })));

const DIGEST_SHOWN = 12;

export function VersionHead({
  place,
  collection,
  version,
}: {
  place: Place;
  collection: CollectionVersions;
  version: WholeVersion;
}) {
  const [, navigate] = useLocation();
  const [deleting, setDeleting] = useState<Deleted | null>(null);
  const [linking, setLinking] = useState(false);
  const linkable = mayLink(useQuery(registriesQuery).data);
  const { name, type } = version;
  const at = collection.items.findIndex((one) => one.version === version.version);
  const previous = collection.items[at + 1]?.version ?? null;
  const { logged_by: maker } = version;
  return (
    <>
      <div className={heads.line}>
        <Link href={`${artifactsAt(place)}/${encodeURIComponent(type)}`} className={heads.up} title={type}>
          {cutMiddle(type, 24)}
        </Link>
        <span className={heads.slash}>/</span>
        <h1 className={heads.name} title={`${name}:${version.version}`}>
          {cutMiddle(name, 48, 14)} <span>{version.version}</span>
        </h1>
        <AliasChips
          versions={collection.items}
          version={version}
          writable={version.writable}
          onChange={(aliases) => changeVersion(place, name, version.version, { aliases })}
        />
        <span className={heads.actions}>
          <span className={styles.complete}>
            <StateGlyph state="finished" />
            {t.artifactPages.complete(version.file_count)}
          </span>
          {previous && (
            <Link
              className={`${parts.button} ${parts.plain}`}
              href={`${artifactAt({ ...place, name, version: version.version }, type, "compare")}?with=${previous}`}
            >
              {t.artifactPages.compareWith(previous)}
            </Link>
          )}
          <Menu align="end" trigger={<IconButton icon="more" label={t.artifactPages.more} />}>
            <MenuItem onSelect={() => void copyText(`${place.entity}/${place.project}/${name}:${version.version}`)}>
              {t.artifactPages.copyName}
            </MenuItem>
            <MenuItem
              onSelect={() =>
                void copyText(window.location.origin + artifactAt({ ...place, name, version: version.version }, type))
              }
            >
              {t.artifactPages.copyLink}
            </MenuItem>
            <MenuItem onSelect={() => void copyText(version.digest)}>{t.artifactPages.copyDigest}</MenuItem>
            {linkable && (
              <>
                <MenuRule />
                <MenuItem onSelect={() => setLinking(true)}>{t.registry.link}</MenuItem>
              </>
            )}
            {version.writable && (
              <>
                <MenuRule />
                <MenuItem danger onSelect={() => setDeleting("version")}>
                  {t.artifactPages.deleteVersion}
                </MenuItem>
                <MenuItem danger onSelect={() => setDeleting("collection")}>
                  {t.artifactPages.deleteCollection}
                </MenuItem>
              </>
            )}
          </Menu>
        </span>
      </div>
      <div className={heads.facts}>
        <span>
          {t.artifactPages.size} <b>{size(version.size_bytes)}</b>
        </span>
        {maker && (
          <span>
            {t.artifactPages.byRun}{" "}
            <Link className={parts.link} href={runAt(maker, maker.id)} title={maker.name}>
              {cutMiddle(maker.name, 36, 9)}
            </Link>
          </span>
        )}
        <span>
          {t.artifactPages.logged} <b>{dayAndTime(version.created_at)}</b>
        </span>
        <span className={styles.digest}>
          {t.artifactPages.digest} <code title={version.digest}>{version.digest.slice(0, DIGEST_SHOWN)}</code>
        </span>
        {(version.writable || version.tags.length > 0) && (
          <span>
            <TagChips
              tags={version.tags}
              writable={version.writable}
              onChange={(edit) => changeVersion(place, name, version.version, edit)}
            />
          </span>
        )}
      </div>
      {linking && (
        <Suspense fallback={null}>
          <LinkDialog version={version} onClose={() => setLinking(false)} />
        </Suspense>
      )}
      {deleting && (
        <DeleteArtifact
          place={place}
          collection={collection}
          version={version}
          what={deleting}
          onClose={() => setDeleting(null)}
          onDeleted={() => {
            const left = collection.items.filter((one) => one.version !== version.version);
            const next = left[Math.min(at, left.length - 1)];
            navigate(
              deleting === "version" && next
                ? artifactAt({ ...place, name, version: next.version }, type)
                : artifactsAt(place),
            );
          }}
        />
      )}
    </>
  );
}
