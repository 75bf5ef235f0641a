/** One media key full screen: the runs side by side, or, of images, runs by steps. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { useStore } from "zustand";
import { type MediaKey, mediaStepsQuery } from "../../net/media";
import type { Place } from "../../net/projects";
import { figure } from "../../series/format";
import { byName, sectionOf } from "../../series/names";
import { joinSteps, newestUpTo } from "../../series/steps";
import { mediaSteps, movePanel, stepOf } from "../../state/mediaSteps";
import { NOTHING_SEEN, seenOverlays } from "../../state/overlays";
import { changeView } from "../../state/view";
import { t } from "../../texts";
import { Empty, IconButton } from "../parts/Controls";
import { useKeys, useSize } from "../parts/hooks";
import parts from "../parts/parts.module.css";
import { RunName, State, Swatch } from "../parts/RunMarks";
import type { DrawnRun } from "../workspace/runs";
import workspace from "../workspace/workspace.module.css";
import { cellOf } from "./kinds";
import { Cell, typeOf } from "./MediaPanel";
import { ChartPanel, useCharts } from "./MediaSections";
import styles from "./media.module.css";
import { OverlayControls } from "./OverlayControls";
import { PanelContext } from "./panelContext";
import { StepSlider } from "./StepSlider";

/** Of the grid: the head of a row, a picture's least width, and its share of height to width. */
const ROW_HEAD_PX = 188;
const COLUMN_PX = 170;
const RATIO = 0.8;
const SIDE_PX = 248;
/** Rows drawn at first; more as they are scrolled to. */
const ROWS_AT_ONCE = 12;

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

function Values({ place, drawn, media }: { place: Place; drawn: DrawnRun[]; media: MediaKey }) {
  const { key } = media;
  const type = typeOf(media);
  const pictures = type.startsWith("image");
  const [byStep, setByStep] = useState(type === "image-file");
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
  const overlaid = useStore(seenOverlays, (all) => Object.keys((all[key] ?? NOTHING_SEEN).groups).length > 0);
  const [least, tall] = cellOf(type);
  const across = Math.max(Math.min(Math.floor(width / Math.max(least * 1.6, 320)), having.length), 1);
  const down = Math.ceil(having.length / across);
  const cellPx = Math.max(down > 0 ? (height - 24) / down - 8 : 0, tall + 40);
  return (
    <PanelContext.Provider value={context}>
      <div className={styles.fullBody}>
        <div ref={body} className={styles.fullCells} data-scroller>
          {pictures && steps.length > 1 && (
            <div className={styles.fullModes}>
              <span className={parts.segmented} role="group" aria-label={t.mediaPanels.layout}>
                <button type="button" aria-pressed={!byStep} onClick={() => setByStep(false)}>
                  {t.mediaPanels.oneStep}
                </button>
                <button type="button" aria-pressed={byStep} onClick={() => setByStep(true)}>
                  {t.mediaPanels.runsBySteps}
                </button>
              </span>
              <span className={workspace.panelNote}>{t.mediaPanels.having(having.length, drawn.length)}</span>
            </div>
          )}
          {byRun && byStep && pictures && steps.length > 1 ? (
            <StepGrid place={place} runs={having} mediaKey={key} byRun={byRun} steps={steps} at={at} width={width} />
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

/** Runs by steps: evenly many of the steps, the chosen one among them. */
function StepGrid({
  place,
  runs,
  mediaKey,
  byRun,
  steps,
  at,
  width,
}: {
  place: Place;
  runs: DrawnRun[];
  mediaKey: string;
  byRun: ReadonlyMap<string, number[]>;
  steps: readonly number[];
  at: number | null;
  width: number;
}) {
  const fitting = Math.max(Math.floor((width - ROW_HEAD_PX) / COLUMN_PX), 1);
  const chosen = newestUpTo(steps, at) ?? steps[0]!;
  const columns = useMemo(() => spread(steps, chosen, fitting), [steps, chosen, fitting]);
  const [rows, setRows] = useState(ROWS_AT_ONCE);
  const tall = Math.round(((width - ROW_HEAD_PX - 24) / columns.length) * RATIO);
  return (
    <div
      className={styles.stepGrid}
      style={
        {
          "--head": `${ROW_HEAD_PX}px`,
          "--across": columns.length,
          "--cell": `${Math.min(Math.max(tall, 96), 240)}px`,
        } as React.CSSProperties
      }
    >
      <div className={styles.stepHead}>
        <span>{t.mediaPanels.gridOf(runs.length, columns.length, steps.length)}</span>
        {columns.map((step) => (
          <button
            key={step}
            type="button"
            aria-current={step === chosen || undefined}
            onClick={() => movePanel(mediaKey, step === steps.at(-1) ? null : step)}
          >
            {t.mediaPanels.step("")}
            <strong>{figure(step, 12)}</strong>
          </button>
        ))}
      </div>
      {runs.slice(0, rows).map((run) => (
        <div key={run.row.id} className={styles.stepRow}>
          <div className={styles.runHead}>
            <span>
              <Swatch look={run.look} />
              <RunName name={run.row.name} length={22} />
            </span>
            <State state={run.row.state} />
          </div>
          {columns.map((step) => (
            <StepCell
              key={step}
              place={place}
              run={run}
              mediaKey={mediaKey}
              steps={byRun.get(run.row.id)!}
              step={step}
              chosen={step === chosen}
            />
          ))}
        </div>
      ))}
      {rows < runs.length && <More onSeen={() => setRows((now) => now + ROWS_AT_ONCE)} />}
    </div>
  );
}

/** Chooses evenly many of the steps, with the first, the last, and one that must be there. */
export function spread(steps: readonly number[], chosen: number, most: number): number[] {
  if (steps.length <= most) return [...steps];
  const picked = new Set<number>();
  for (let i = 0; i < most; i++) picked.add(Math.round((i * (steps.length - 1)) / Math.max(most - 1, 1)));
  const all = [...picked].map((i) => steps[i]!);
  if (!all.includes(chosen)) {
    const near = all.reduce((best, step, i) => (Math.abs(step - chosen) < Math.abs(all[best]! - chosen) ? i : best), 0);
    all[near] = chosen;
  }
  return all.sort((a, b) => a - b);
}

function StepCell({
  place,
  run,
  mediaKey,
  steps,
  step,
  chosen,
}: {
  place: Place;
  run: DrawnRun;
  mediaKey: string;
  steps: readonly number[];
  step: number;
  chosen: boolean;
}) {
  const { row } = run;
  // While its picture is large, it may be moved to other steps; the grid stays as it is.
  const [moved, setMoved] = useState<number | null>(null);
  const context = useMemo(
    () => ({
      key: mediaKey,
      steps,
      at: moved ?? step,
      move: (to: number | null) => setMoved(to ?? steps.at(-1) ?? null),
      onClosed: () => setMoved(null),
    }),
    [mediaKey, steps, moved, step],
  );
  const found = newestUpTo(steps, step);
  const reached = row.last_step ?? steps.at(-1) ?? 0;
  const ended = row.state !== "running" && row.state !== "pending";
  return (
    <div className={styles.stepCell} data-chosen={chosen || undefined}>
      {reached < step || found === null ? (
        <p className={styles.said} data-dashed>
          {reached >= step
            ? t.mediaPanels.firstAt(figure(steps[0] ?? 0, 12))
            : ended
              ? t.mediaPanels.ended(figure(reached, 12))
              : t.mediaPanels.notReached}
        </p>
      ) : (
        <PanelContext.Provider value={context}>
          <Cell
            place={place}
            run={run}
            mediaKey={mediaKey}
            steps={steps}
            at={moved ?? step}
            headed={false}
            full={false}
            note={found !== step && <span className={styles.nearest}>{t.mediaPanels.nearest(figure(found, 12))}</span>}
          />
        </PanelContext.Provider>
      )}
    </div>
  );
}

/** Asks for more when the end comes into sight. */
function More({ onSeen }: { onSeen: () => void }) {
  const end = useRef<HTMLDivElement>(null);
  const seen = useRef(onSeen);
  seen.current = onSeen;
  useEffect(() => {
    const observer = new IntersectionObserver((entries) => entries.at(-1)!.isIntersecting && seen.current(), {
      rootMargin: "300px 0px",
    });
    observer.observe(end.current!);
    return () => observer.disconnect();
  }, []);
  return <div ref={end} style={{ height: 1 }} />;
}
