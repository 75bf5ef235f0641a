/** One media key full screen: the runs side by side, or, of images, runs by steps. */
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useRef } from "react";
import { useStore } from "zustand";
import { type MediaKey, mediaStepsQuery } from "../../net/media";
import type { Place } from "../../net/projects";
import type { MediaMode } from "../../series/mediaAddress";
import { byName, sectionOf } from "../../series/names";
import { joinSteps } from "../../series/steps";
import { comparing, followMedia } from "../../state/mediaAddress";
import { mediaSteps, movePanel, stepOf } from "../../state/mediaSteps";
import { NOTHING_SEEN, seenOverlays } from "../../state/overlays";
import { changeView } from "../../state/view";
import { t } from "../../texts";
import { Empty, IconButton } from "../parts/Controls";
import { useKeys, useSize } from "../parts/hooks";
import parts from "../parts/parts.module.css";
import type { DrawnRun } from "../workspace/runs";
import workspace from "../workspace/workspace.module.css";
import { cellOf } from "./kinds";
import { Cell, typeOf } from "./MediaPanel";
import { ChartPanel, useCharts } from "./MediaSections";
import styles from "./media.module.css";
import { OverlayControls } from "./OverlayControls";
import { PanelContext } from "./panelContext";
import { StepGrid } from "./StepGrid";
import { StepSlider } from "./StepSlider";

const SIDE_PX = 248;

const CompareRuns = lazy(() => import("./CompareRuns"));
const CompareRunTables = lazy(() => import("./CompareRunTables"));

export default function MediaFull({
  place,
  drawn,
  media,
  focus,
  onOpen,
}: {
  place: Place;
  drawn: DrawnRun[];
  media: MediaKey[];
  focus: string;
  onOpen: (key: string) => void;
}) {
  const charts = useCharts(place, drawn, media);
  const keys = useMemo(() => {
    const tables = new Set([...charts.values()].flatMap((all) => all.map(({ chart }) => chart.table_key)));
    return [...media.map(({ key }) => key).filter((key) => !tables.has(key)), ...charts.keys()].sort(byName);
  }, [media, charts]);
  const at = keys.indexOf(focus);
  const leave = () => changeView({ focus: null });
  const go = (by: number) => {
    const next = keys[(at + by + keys.length) % keys.length];
    if (next !== undefined) onOpen(next);
  };
  useKeys({ Escape: leave, ArrowRight: () => go(1), ArrowLeft: () => go(-1) });
  const found = media.find(({ key }) => key === focus);
  const drawing = charts.get(focus);
  return (
    <section className={workspace.full} aria-label={t.panels.fullscreen(focus)}>
      <div className={workspace.fullBar}>
        <IconButton icon="arrowLeft" label={t.panels.leave} onClick={leave} />
        <IconButton icon="chevronLeft" label={t.mediaPanels.previous} onClick={() => go(-1)} />
        <IconButton icon="chevronRight" label={t.mediaPanels.next} onClick={() => go(1)} />
        <span className={workspace.panelNote}>{t.home.of(at + 1, keys.length)}</span>
        <span className={parts.divider} />
        <h2 className={styles.fullTitle}>{focus}</h2>
      </div>
      {found ? (
        <Values key={focus} place={place} drawn={drawn} media={found} />
      ) : drawing ? (
        <ChartPanel place={place} name={focus} charts={drawing} widthPx={window.innerWidth} />
      ) : (
        <Empty title={t.mediaPanels.nobody} />
      )}
    </section>
  );
}

followMedia();

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

function Values({ place, drawn, media }: { place: Place; drawn: DrawnRun[]; media: MediaKey }) {
  const { key } = media;
  const type = typeOf(media);
  const pictures = type.startsWith("image");
  const tables = type.includes("table");
  const asked = useStore(comparing, (state) => state.mode);
  const body = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(body);
  const ids = useMemo(() => drawn.map(({ row }) => row.id), [drawn]);
  const answer = useQuery(mediaStepsQuery(place, ids, key));
  const byRun = answer.data;
  const having = useMemo(() => drawn.filter(({ row }) => byRun?.has(row.id)), [drawn, byRun]);
  const steps = useMemo(() => joinSteps(byRun?.values() ?? []), [byRun]);
  const at = useStore(mediaSteps, (state) => stepOf(state, sectionOf(key), key));
  const context = useMemo(
    () => ({ key, steps, at, move: (step: number | null) => movePanel(key, step) }),
    [key, steps, at],
  );
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
    <PanelContext.Provider value={context}>
      <div className={styles.fullBody}>
        <div ref={body} className={styles.fullMain}>
          {byRun && (mode === "side" || mode === "wipe" || mode === "difference") ? (
            <div className={styles.fullCompare}>
              <Suspense fallback={null}>
                <CompareRuns {...{ place, byRun, at, mode }} runs={having} mediaKey={key} lead={switches} />
              </Suspense>
            </div>
          ) : byRun && mode === "rows" ? (
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
              {byRun && mode === "steps" ? (
                <StepGrid
                  place={place}
                  runs={having}
                  mediaKey={key}
                  byRun={byRun}
                  steps={steps}
                  at={at}
                  width={width}
                />
              ) : (
                byRun && (
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
                )
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
      {steps.length > 0 && (
        <footer className={styles.fullFoot}>
          <StepSlider label={t.mediaPanels.stepsOf(key)} steps={steps} at={at} onMove={context.move} />
        </footer>
      )}
    </PanelContext.Provider>
  );
}
