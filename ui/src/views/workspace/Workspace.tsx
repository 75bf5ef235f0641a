/** A project's workspace: runs at the left, their charts at the right, one cursor through all of them. */
import { useMemo, useState } from "react";
import { useStore } from "zustand";
import type { Place } from "../../net/projects";
import { pointNowhere } from "../../state/pointer";
import { say } from "../../state/toasts";
import { redo, undo, workspaceStore } from "../../state/workspace";
import { t } from "../../texts";
import { NoProject, useEmpty } from "../home/NoProject";
import { useKeys, useTitle } from "../parts/hooks";
import parts from "../parts/parts.module.css";
import { CursorBar } from "./CursorBar";
import { PanelGrid } from "./PanelGrid";
import { constantsOf } from "./panelSeries";
import { PanelZoomProvider } from "./panelZoom";
import { RunList } from "./RunList";
import { useRuns } from "./runs";
import styles from "./workspace.module.css";

const LIST_PX = 360;
const NARROW_LIST_PX = 288;

/** Whether an undo is meant for the layout: in a field it is the field's own. */
const inLayout = ({ target }: KeyboardEvent) =>
  !(target as HTMLElement).closest?.("input, textarea, [contenteditable]");

export function Workspace({ place }: { place: Place }) {
  useTitle(place.project);
  const layout = useStore(workspaceStore, (state) => state.layout);
  const columns = useMemo(() => constantsOf(layout), [layout]);
  const runs = useRuns(place, columns);
  const [width, setWidth] = useState(() => (window.innerWidth < 1180 ? NARROW_LIST_PX : LIST_PX));
  const [alone, setAlone] = useState(false);
  useKeys({
    "\\": () => setAlone((now) => !now),
    Escape: () => pointNowhere(),
    "mod+z": (event) => inLayout(event) && undo() && say(t.arrange.undone),
    "mod+shift+z": (event) => inLayout(event) && redo() && say(t.arrange.redone),
    "mod+y": (event) => inLayout(event) && redo() && say(t.arrange.redone),
  });
  const empty = useEmpty(runs);
  if (empty) return <NoProject place={place} runs={runs} />;
  return (
    <div
      className={styles.workspace}
      data-alone={alone}
      style={{ "--list-width": `${width}px` } as React.CSSProperties}
    >
      <h1 className="visually-hidden">
        {place.entity} / {place.project}, {t.bar.workspace}
      </h1>
      {(runs.pending || runs.stale) && <div className={parts.line} style={{ animationDelay: "200ms" }} />}
      {!alone && <RunList place={place} runs={runs} width={width} onWidth={setWidth} />}
      <PanelZoomProvider>
        <PanelGrid place={place} drawn={runs.drawn} stream="history" />
      </PanelZoomProvider>
      <CursorBar place={place} drawn={runs.drawn} />
    </div>
  );
}
