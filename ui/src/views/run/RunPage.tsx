/** One run: its head on every tab, and the tab that the address names. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { Link, useParams } from "wouter";
import { ApiError } from "../../net/http";
import { type Place, runQuery } from "../../net/projects";
import type { Run } from "../../net/shapes";
import { count } from "../../series/format";
import { t } from "../../texts";
import { runAt } from "../addresses";
import { Empty } from "../parts/Controls";
import heads from "../parts/head.module.css";
import { sayDrawn, useTitle } from "../parts/hooks";
import parts from "../parts/parts.module.css";
import { NotThere } from "../shell/NotThere";
import { CursorBar } from "../workspace/CursorBar";
import { PanelGrid } from "../workspace/PanelGrid";
import { PanelZoomProvider } from "../workspace/panelZoom";
import { bookOf, type DrawnRun } from "../workspace/runs";
import { Artifacts, useArtifactCount } from "./Artifacts";
import { Files } from "./Files";
import { Logs } from "./Logs";
import { Overview } from "./Overview";
import { RunHead } from "./RunHead";
import styles from "./run.module.css";
import { System } from "./System";

const TABS = ["overview", "charts", "system", "logs", "files", "artifacts"] as const;
type Tab = (typeof TABS)[number];

export function RunPage({ place }: { place: Place }) {
  const { run: id = "", tab: named } = useParams();
  const tab: Tab = TABS.includes(named as Tab) ? (named as Tab) : "overview";
  const answer = useQuery(runQuery(place, id));
  const run = answer.data;
  useTitle(run?.name ?? id);
  const isShown = Boolean(run) && tab !== "charts" && tab !== "system";
  useEffect(() => {
    if (isShown) sayDrawn();
  }, [isShown]);
  if (answer.error instanceof ApiError && answer.error.status === 404) return <NotThere />;
  if (answer.isError && !run) return <Empty title={answer.error.message || t.errors.unreachable} />;
  if (!run) return null;
  return (
    <div className={styles.page} key={run.id}>
      <header className={styles.head}>
        <RunHead place={place} run={run} />
        <nav className={heads.tabs} aria-label={run.name}>
          {TABS.map((one) => (
            <Link
              key={one}
              href={runAt(place, run.id, one === "overview" ? undefined : one)}
              className={parts.tab}
              aria-current={one === tab ? "page" : undefined}
            >
              {t.run.tabs[one]}
              <TabCount place={place} tab={one} run={run} />
            </Link>
          ))}
        </nav>
      </header>
      <div className={styles.body}>
        {tab === "overview" && <Overview place={place} run={run} />}
        {(tab === "charts" || tab === "system") && (
          <RunCharts key={tab} place={place} run={run} system={tab === "system"} />
        )}
        {tab === "logs" && <Logs place={place} run={run} />}
        {tab === "files" && <Files place={place} run={run} />}
        {tab === "artifacts" && <Artifacts place={place} run={run} />}
      </div>
    </div>
  );
}

function TabCount({ place, tab, run }: { place: Place; tab: Tab; run: Run }) {
  const artifacts = useArtifactCount(place, run);
  const n = { logs: run.log_lines, files: run.file_count, artifacts }[tab as string] ?? 0;
  return n > 0 ? <small>{count(n)}</small> : null;
}

function RunCharts({ place, run, system }: { place: Place; run: Run; system: boolean }) {
  // The look that the run has in the workspace.
  const drawn = useMemo((): DrawnRun[] => [{ row: run, look: bookOf(place).look(run.id) }], [place, run]);
  return (
    <div className={styles.charts}>
      <PanelZoomProvider>
        {system ? (
          <System place={place} run={run} drawn={drawn} />
        ) : (
          <PanelGrid place={place} drawn={drawn} stream="history" run={run.id} />
        )}
      </PanelZoomProvider>
      <CursorBar place={place} drawn={drawn} stream={system ? "system" : "history"} run={run.id} />
    </div>
  );
}
