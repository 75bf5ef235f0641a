/** One version of an artifact: the versions beside it at the left, its head on every tab, and the tab of the address. */
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect } from "react";
import { Link, Redirect, useParams } from "wouter";
import { type CollectionVersions, lineageQuery, versionQuery, versionsQuery } from "../../net/artifacts";
import { ApiError } from "../../net/http";
import type { Place } from "../../net/projects";
import type { WholeVersion } from "../../net/shapes";
import { count } from "../../series/format";
import { versionNumber } from "../../series/versions";
import { queryClient } from "../../state/live";
import { t } from "../../texts";
import { artifactAt, artifactsAt } from "../addresses";
import { Button, Empty } from "../parts/Controls";
import heads from "../parts/head.module.css";
import { useTitle } from "../parts/hooks";
import parts from "../parts/parts.module.css";
import styles from "./artifacts.module.css";
import { Compare } from "./Compare";
import { VersionFiles } from "./VersionFiles";
import { VersionHead } from "./VersionHead";
import { VersionList } from "./VersionList";
import { VersionOverview } from "./VersionOverview";

// The graph and its layout are needed by nobody else.
const loadLineage = () => import("./LineageTab");
const LineageTab = lazy(() => loadLineage().then((room) => ({ default: room.LineageTab })));

const TABS = ["overview", "files", "lineage", "compare"] as const;
export type ArtifactTab = (typeof TABS)[number];
/** New versions and moved aliases appear without a reload. */
const ASKED_EVERY_MS = 10_000;

/** What the tab of a version will ask for is asked beside the list of versions, not after it. */
function askAhead(place: Place, name: string, version: string, tab: string | undefined) {
  if (versionNumber(version) === null) return; // of an alias it isn't known yet
  void queryClient.prefetchQuery(versionQuery(place, name, version));
  if (tab !== "lineage") return;
  void loadLineage();
  const direct = new URLSearchParams(window.location.search).get("scope") === "direct";
  void queryClient.prefetchQuery(lineageQuery(place, name, version, !direct));
}

// The version that the reader comes to is asked for beside the frame of the page, not after it.
try {
  const [, entity = "", project = "", room, , name = "", version = "", tab] = window.location.pathname
    .split("/")
    .map(decodeURIComponent);
  if (room === "artifacts") askAhead({ entity, project }, name, version, tab);
} catch {
  // An address that isn't one: the page says so.
}

export function ArtifactPage({ place }: { place: Place }) {
  const { entity, project } = place;
  const { type = "", name = "", version = "", tab: named } = useParams();
  const tab = TABS.includes(named as ArtifactTab) ? (named as ArtifactTab) : "overview";
  useEffect(() => {
    askAhead({ entity, project }, name, version, tab);
  }, [entity, project, name, version, tab]);
  useTitle(version ? `${name}:${version}` : name);
  const listed = useQuery({ ...versionsQuery(place, name), refetchInterval: ASKED_EVERY_MS });
  if (listed.error instanceof ApiError && listed.error.status === 404) {
    return (
      <Empty isPage title={t.artifactPages.goneCollection(name)}>
        <p>{t.errors.notFoundMore}</p>
        <Link href={artifactsAt(place)} className={parts.link}>
          {t.artifactPages.all}
        </Link>
      </Empty>
    );
  }
  if (listed.isError && !listed.data) {
    return (
      <Empty isPage title={t.artifactPages.loadFailed(listed.error.message || t.errors.unreachable)}>
        <Button onClick={() => void listed.refetch()}>{t.actions.retry}</Button>
      </Empty>
    );
  }
  const collection = listed.data;
  if (!collection) return null;
  if (!version && collection.newest) {
    return <Redirect to={artifactAt({ ...place, name, version: collection.newest }, type)} replace />;
  }
  return (
    <div className={styles.page}>
      <VersionList place={place} collection={collection} chosen={version} tab={tab} />
      {version ? (
        <Version key={name} place={place} collection={collection} version={version} tab={tab} />
      ) : (
        <Empty isPage title={name}>
          {t.artifactPages.noVersions}
        </Empty>
      )}
    </div>
  );
}

function Version({
  place,
  collection,
  version,
  tab,
}: {
  place: Place;
  collection: CollectionVersions;
  version: string;
  tab: ArtifactTab;
}) {
  const { name } = collection;
  const answer = useQuery({ ...versionQuery(place, name, version), placeholderData: (before) => before });
  const found = answer.data;
  if (answer.isError && !(found && answer.isPlaceholderData === false && !(answer.error instanceof ApiError))) {
    const isGone = answer.error instanceof ApiError && answer.error.status === 404;
    return (
      <Empty
        isPage
        title={isGone ? t.artifactPages.gone : t.artifactPages.loadFailed(answer.error.message || t.errors.unreachable)}
      >
        <p>{isGone ? t.artifactPages.goneMore : <code>{`${name}:${version}`}</code>}</p>
        {!isGone && <Button onClick={() => void answer.refetch()}>{t.actions.retry}</Button>}
      </Empty>
    );
  }
  if (!found) return null;
  return (
    <div className={styles.version} aria-busy={answer.isPlaceholderData}>
      <header className={styles.head}>
        <VersionHead place={place} collection={collection} version={found} />
        <nav className={heads.tabs} aria-label={`${name}:${found.version}`}>
          {TABS.map((one) => (
            <Link
              key={one}
              href={artifactAt({ ...place, name, version }, found.type, one === "overview" ? undefined : one)}
              className={parts.tab}
              aria-current={one === tab ? "page" : undefined}
            >
              {t.artifactPages.tabs[one]}
              {one === "files" && found.file_count > 0 && <small>{count(found.file_count)}</small>}
            </Link>
          ))}
        </nav>
      </header>
      <div className={styles.body}>
        <Body place={place} collection={collection} version={found} tab={tab} />
      </div>
    </div>
  );
}

function Body({
  place,
  collection,
  version,
  tab,
}: {
  place: Place;
  collection: CollectionVersions;
  version: WholeVersion;
  tab: ArtifactTab;
}) {
  switch (tab) {
    case "files":
      return <VersionFiles key={version.version} place={place} version={version} />;
    case "lineage":
      return (
        <Suspense fallback={null}>
          <LineageTab place={place} version={version} />
        </Suspense>
      );
    case "compare":
      return <Compare place={place} collection={collection} version={version} />;
    default:
      return <VersionOverview key={version.version} place={place} version={version} />;
  }
}
