/** One media key full screen: the runs side by side, runs by steps, or two to four of them compared. */
import { lazy, Suspense, useMemo, useRef } from "react";
import { useStore } from "zustand";
import type { MediaKey } from "../../net/media";
import type { Place } from "../../net/projects";
import type { MediaMode } from "../../series/mediaAddress";
import { comparing } from "../../state/mediaAddress";
import { NOTHING_SEEN, seenOverlays } from "../../state/overlays";
import { t } from "../../texts";
import { useSize } from "../parts/hooks";
import parts from "../parts/parts.module.css";
import type { DrawnRun } from "../workspace/runs";
import workspace from "../workspace/workspace.module.css";
import { Cell } from "./Cell";
import { cellOf } from "./kinds";
import { typeOf } from "./MediaPanel";
import styles from "./media.module.css";
import { OverlayControls } from "./OverlayControls";
import { StepGrid } from "./StepGrid";

const SIDE_PX = 248;

const CompareRuns = lazy(() => import("./CompareRuns"));
const CompareRunTables = lazy(() => import("./CompareRunTables"));

const modeText = (mode: MediaMode, tables: boolean): string =>
  mode === "rows"
    ? t.tableCompare.joined
    : mode === "runs"
      ? tables
        ? t.tableCompare.asTables
        : t.mediaPanels.oneStep
      : mode === "steps"
        ? t.mediaPanels.runsBySteps
        : t.pictureCompare.modes[mode];

export default function MediaFull({
  place,
  media,
  drawn,
  byRun,
  having,
  steps,
  at,
  onMove,
}: {
  place: Place;
  media: MediaKey;
  drawn: DrawnRun[];
  byRun: ReadonlyMap<string, number[]>;
  /** Those of the drawn runs that have it. */
  having: DrawnRun[];
  steps: readonly number[];
  at: number | null;
  onMove: (step: number | null) => void;
}) {
  const { key } = media;
  const type = typeOf(media);
  const pictures = type.startsWith("image");
  const tables = type.includes("table");
  const asked = useStore(comparing, (state) => state.mode);
  const body = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(body);
  const modes = useMemo((): MediaMode[] => {
    if (tables) return having.length > 1 || steps.length > 1 ? ["runs", "rows"] : [];
    if (!pictures || (steps.length < 2 && having.length < 2)) return [];
    return ["runs", ...(steps.length > 1 ? (["steps"] as const) : []), "side", "wipe", "difference"];
  }, [tables, pictures, having.length, steps.length]);
  const usual = type === "image-file" && modes.includes("steps") ? "steps" : "runs";
  const mode = modes.find((one) => one === asked) ?? usual;
  const choose = (one: MediaMode) => comparing.setState({ mode: one });
  const switches = modes.length > 0 && (
    <span className={parts.segmented} role="group" aria-label={t.mediaPanels.layout}>
      {modes.map((one) => (
        <button key={one} type="button" aria-pressed={one === mode} onClick={() => choose(one)}>
          {modeText(one, tables)}
        </button>
      ))}
    </span>
  );
  const overlaid = useStore(seenOverlays, (all) => Object.keys((all[key] ?? NOTHING_SEEN).groups).length > 0);
  const [least, tall] = cellOf(type);
  const across = Math.max(Math.min(Math.floor(width / Math.max(least * 1.6, 320)), having.length), 1);
  const down = Math.ceil(having.length / across);
  const cellPx = Math.max(down > 0 ? (height - 24) / down - 8 : 0, tall + 40);
  return (
    <div className={styles.fullBody}>
      <div ref={body} className={styles.fullMain}>
        {mode === "side" || mode === "wipe" || mode === "difference" ? (
          <div className={styles.fullCompare}>
            <Suspense fallback={null}>
              <CompareRuns {...{ place, byRun, at, mode }} runs={having} mediaKey={key} lead={switches} />
            </Suspense>
          </div>
        ) : mode === "rows" ? (
          <div className={styles.fullCompare}>
            <Suspense fallback={null}>
              <CompareRunTables {...{ place, byRun, at }} runs={having} mediaKey={key} lead={switches} />
            </Suspense>
          </div>
        ) : (
          <div className={styles.fullCells} data-scroller>
            {switches && (
              <div className={styles.fullModes}>
                {switches}
                <span className={workspace.panelNote}>{t.mediaPanels.having(having.length, drawn.length)}</span>
              </div>
            )}
            {mode === "steps" ? (
              <StepGrid
                place={place}
                runs={having}
                mediaKey={key}
                byRun={byRun}
                steps={steps}
                at={at}
                width={width}
                onMove={onMove}
              />
            ) : (
              <div
                className={styles.cells}
                style={{ "--across": across, "--cell": `${cellPx}px` } as React.CSSProperties}
              >
                {having.map((run) => (
                  <Cell
                    key={run.row.id}
                    place={place}
                    run={run}
                    mediaKey={key}
                    steps={byRun.get(run.row.id)!}
                    at={at}
                    headed
                    full
                  />
                ))}
              </div>
            )}
          </div>
        )}
      </div>
      {overlaid && (
        <aside className={styles.side} style={{ width: SIDE_PX }} aria-label={t.mediaPanels.overlaysOf(key)}>
          <OverlayControls mediaKey={key} />
        </aside>
      )}
    </div>
  );
}
