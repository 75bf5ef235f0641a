/** One media key: the values of the drawn runs side by side, at the step that its slider chose. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { memo, type ReactNode, Suspense, useEffect, useMemo, useRef, useState } from "react";
import { useStore } from "zustand";
import { type MediaKey, mediaStepsQuery, mediaValueQuery } from "../../net/media";
import type { Place } from "../../net/projects";
import { figure } from "../../series/format";
import type { MediaMode } from "../../series/mediaAddress";
import { cutMiddle } from "../../series/names";
import { joinSteps, newestUpTo, stepBy } from "../../series/steps";
import { queryClient } from "../../state/live";
import { comparing } from "../../state/mediaAddress";
import { mediaSteps, movePanel, stepOf } from "../../state/mediaSteps";
import { t } from "../../texts";
import { Button, IconButton } from "../parts/Controls";
import { useNear, useRested } from "../parts/hooks";
import { RunName, Swatch } from "../parts/RunMarks";
import type { DrawnRun } from "../workspace/runs";
import workspace from "../workspace/workspace.module.css";
import { Guard } from "./Guard";
import { cellOf, kindOf } from "./kinds";
import styles from "./media.module.css";
import { OverlayMenu } from "./OverlayControls";
import { PanelContext } from "./panelContext";
import { StepSlider } from "./StepSlider";
import { preloadPictures } from "./steady";

/** Runs shown side by side at first; beyond it the panel says so. */
export const SHOWN_RUNS = 12;
const PASSED_MS = 90;
const HEAD_PX = 28;
const FOOT_PX = 32;
const CELL_HEAD_PX = 22;
const GAP_PX = 8;
const NO_STEPS: ReadonlyMap<string, number[]> = new Map();

/** How the full-screen view compares a type. */
const COMPARED_AS: Record<string, MediaMode> = {
  "image-file": "side",
  "images/separated": "side",
  "table-file": "rows",
  "incremental-table-file": "rows",
};

/** Gives the type most runs have under a key. */
export const typeOf = ({ types }: MediaKey): string =>
  Object.entries(types).sort(([, a], [, b]) => b - a)[0]?.[0] ?? "";

export const MediaPanel = memo(function MediaPanel({
  place,
  drawn,
  media,
  section,
  widthPx,
  onSteps,
  onOpen,
}: {
  place: Place;
  drawn: DrawnRun[];
  media: MediaKey;
  section: string;
  widthPx: number;
  /** Told the steps it goes through, once they are known. */
  onSteps?: (key: string, steps: readonly number[]) => void;
  /** Shows it full screen. */
  onOpen?: (key: string) => void;
}) {
  const { key } = media;
  const box = useRef<HTMLElement>(null);
  // What is only scrolled past isn't asked for.
  const near = useRested(useNear(box), PASSED_MS);
  const [all, setAll] = useState(false);
  const ids = useMemo(() => drawn.map(({ row }) => row.id), [drawn]);
  const answer = useQuery({
    ...mediaStepsQuery(place, ids, key),
    enabled: near && ids.length > 0,
    placeholderData: keepPreviousData,
  });
  const byRun = answer.data ?? NO_STEPS;
  const having = useMemo(() => drawn.filter(({ row }) => byRun.has(row.id)), [drawn, byRun]);
  const steps = useMemo(() => joinSteps(byRun.values()), [byRun]);
  const at = useStore(mediaSteps, (state) => stepOf(state, section, key));
  const context = useMemo(
    () => ({ key, steps, at, move: (step: number | null) => movePanel(key, step) }),
    [key, steps, at],
  );
  useEffect(() => {
    if (answer.data) onSteps?.(key, steps);
  }, [answer.data, key, steps, onSteps]);

  const shown = all ? having : having.slice(0, SHOWN_RUNS);
  usePrefetch(place, key, shown, byRun, at, near);

  // Known before anything is loaded, so that nothing moves when it arrives.
  const [least, tall] = cellOf(typeOf(media));
  const expected = answer.isSuccess ? shown.length : Math.min(media.runs, drawn.length, SHOWN_RUNS);
  const across = Math.max(Math.min(Math.floor((widthPx - 16 + GAP_PX) / (least + GAP_PX)), expected), 1);
  const down = Math.max(Math.ceil(expected / across), 1);
  const headed = drawn.length > 1;
  const comparedAs = COMPARED_AS[typeOf(media)];
  const cellPx = tall + (headed ? CELL_HEAD_PX : 0);
  const height = HEAD_PX + FOOT_PX + down * cellPx + (down - 1) * GAP_PX + 4;
  return (
    <section
      ref={box}
      className={`${workspace.panel} ${styles.panel}`}
      aria-label={key}
      data-media={key}
      style={{ minHeight: height, "--across": across, "--cell": `${cellPx}px` } as React.CSSProperties}
    >
      <header className={workspace.panelHead}>
        <h2 title={key}>{cutMiddle(key, Math.max(Math.floor((widthPx - 190) / 7), 16), 12)}</h2>
        {answer.isSuccess && having.length < drawn.length && (
          <span className={workspace.panelNote}>{t.mediaPanels.having(having.length, drawn.length)}</span>
        )}
        {having.length > SHOWN_RUNS && (
          <Button look="quiet" onClick={() => setAll((now) => !now)}>
            {all ? t.mediaPanels.showFirst(SHOWN_RUNS) : t.mediaPanels.showAll(shown.length, having.length)}
          </Button>
        )}
        <span className={workspace.panelValue} />
        <OverlayMenu mediaKey={key} />
        {onOpen && comparedAs && having.length > 1 && (
          <Button
            look="quiet"
            aria-label={t.tableCompare.compareKey(key)}
            onClick={() => {
              comparing.setState({ mode: comparedAs });
              onOpen(key);
            }}
          >
            {t.tableCompare.compare}
          </Button>
        )}
        {onOpen && (
          <span className={workspace.panelButtons}>
            <IconButton icon="expand" label={t.panels.fullscreen(key)} onClick={() => onOpen(key)} />
          </span>
        )}
      </header>
      <PanelContext.Provider value={context}>
        <div className={styles.cells}>
          {near &&
            shown.map((run) => (
              <Cell
                key={run.row.id}
                place={place}
                run={run}
                mediaKey={key}
                steps={byRun.get(run.row.id)!}
                at={at}
                headed={headed}
                nameLength={Math.max(Math.floor((widthPx / across - 110) / 6.5), 10)}
                full={false}
              />
            ))}
          {near && answer.isSuccess && having.length === 0 && (
            <p className={styles.said}>{drawn.length === 0 ? t.panels.nothingDrawn : t.mediaPanels.nobody}</p>
          )}
          {answer.isError && (
            <p className={styles.said}>{t.errors.failed(answer.error.message || t.errors.unreachable)}</p>
          )}
        </div>
        {steps.length > 0 && (
          <StepSlider label={t.mediaPanels.stepsOf(key)} steps={steps} at={at} onMove={context.move} />
        )}
      </PanelContext.Provider>
    </section>
  );
});

/** Reads what the slider would show next, either way, once it rests. */
function usePrefetch(
  place: Place,
  key: string,
  runs: DrawnRun[],
  byRun: ReadonlyMap<string, number[]>,
  at: number | null,
  enabled: boolean,
): void {
  const rested = useRested(at, 150);
  useEffect(() => {
    if (!enabled) return;
    for (const { row } of runs) {
      const steps = byRun.get(row.id)!;
      const now = newestUpTo(steps, rested);
      for (const by of [1, -1]) {
        const next = stepBy(steps, rested, by);
        if (next === null || next === now) continue;
        void queryClient.fetchQuery(mediaValueQuery(place, row.id, key, next)).then(
          (value) => value && preloadPictures(value),
          () => {},
        );
      }
    }
  }, [place, key, runs, byRun, rested, enabled]);
}

/** One run's value. It stays until that of another step is there. */
export function Cell({
  place,
  run: { row, look },
  mediaKey,
  steps,
  at,
  headed,
  nameLength = 28,
  full,
  note,
}: {
  place: Place;
  run: DrawnRun;
  mediaKey: string;
  steps: readonly number[];
  at: number | null;
  headed: boolean;
  nameLength?: number;
  full: boolean;
  /** Written on the value instead of into its head. */
  note?: ReactNode;
}) {
  const step = newestUpTo(steps, at);
  const answer = useQuery({
    ...mediaValueQuery(place, row.id, mediaKey, step),
    placeholderData: keepPreviousData,
  });
  const value = answer.data;
  const Kind = value ? kindOf(String(value.value._type ?? "")) : null;
  return (
    <article className={styles.cell} data-run={row.id} data-step={value?.step}>
      {headed && (
        <header className={styles.cellHead}>
          <Swatch look={look} />
          <RunName name={row.name} length={nameLength} />
          {step !== null && (
            <small>
              {at !== null && step !== at
                ? t.mediaPanels.newestUpTo(figure(step, 12), figure(at, 12))
                : t.mediaPanels.step(figure(step, 12))}
            </small>
          )}
        </header>
      )}
      <div className={styles.cellBody}>
        {step === null ? (
          <p className={styles.said} data-dashed>
            {t.mediaPanels.firstAt(figure(steps[0] ?? 0, 12))}
          </p>
        ) : (
          value &&
          Kind && (
            <Guard key={String(value.value._type)} said={t.mediaPanels.broken}>
              <Suspense fallback={null}>
                <Kind
                  place={place}
                  run={row.id}
                  runName={row.name}
                  mediaKey={mediaKey}
                  step={value.step}
                  value={value.value}
                  files={value.files}
                  labels={value.labels}
                  full={full}
                />
              </Suspense>
            </Guard>
          )
        )}
        {answer.isError && !value && (
          <p className={styles.said}>{t.errors.failed(answer.error.message || t.errors.unreachable)}</p>
        )}
        {note}
      </div>
    </article>
  );
}
