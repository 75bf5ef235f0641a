/** A media key, a table or a custom chart: what the drawn runs logged, side by side, at the step that its slider chose. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { lazy, memo, Suspense, useEffect, useMemo, useRef, useState } from "react";
import { useStore } from "zustand";
import { type MediaKey, mediaStepsQuery, mediaValueQuery } from "../../net/media";
import type { Place } from "../../net/projects";
import { wordOfSection } from "../../series/layout";
import type { MediaMode } from "../../series/mediaAddress";
import { joinSteps, newestUpTo, stepBy } from "../../series/steps";
import { queryClient } from "../../state/live";
import { comparing, followMedia } from "../../state/mediaAddress";
import { mediaSteps, movePanel, reportSteps, stepOf } from "../../state/mediaSteps";
import { t } from "../../texts";
import type { PanelProps } from "../panels/kinds";
import { Button } from "../parts/Controls";
import { useNear, useRested } from "../parts/hooks";
import { type DrawnChart, useGridMediaHere } from "../workspace/gridMedia";
import { PanelFrame } from "../workspace/PanelFrame";
import { usePanelActions } from "../workspace/panelActions";
import { keysOf } from "../workspace/panelSeries";
import type { DrawnRun } from "../workspace/runs";
import workspace from "../workspace/workspace.module.css";
import { Cell } from "./Cell";
import { Guard } from "./Guard";
import { CustomChart, cellOf } from "./kinds";
import styles from "./media.module.css";
import { OverlayMenu } from "./OverlayControls";
import { PanelContext } from "./panelContext";
import { StepSlider } from "./StepSlider";
import { preloadPictures } from "./steady";

const MediaFull = lazy(() => import("./MediaFull"));

/** Runs shown side by side at first; beyond it the panel says so. */
export const SHOWN_RUNS = 12;
const PASSED_MS = 90;
const CELL_HEAD_PX = 22;
/** Of cells in one row: they take what height there is. */
const LEAST_CELL_PX = 80;
const GAP_PX = 8;
const NO_STEPS: ReadonlyMap<string, number[]> = new Map();

/** How the full-screen view compares a type. */
const COMPARED_AS: Record<string, MediaMode> = {
  "image-file": "side",
  "images/separated": "side",
  "table-file": "rows",
  "incremental-table-file": "rows",
};

// Steps and overlays go with the address of whoever looks at media.
followMedia();

/** Gives the type most runs have under a key. */
export const typeOf = ({ types }: MediaKey): string =>
  Object.entries(types).sort(([, a], [, b]) => b - a)[0]?.[0] ?? "";

export default memo(function MediaPanel(props: PanelProps) {
  const { media, charts, drawn } = useGridMediaHere();
  const key = keysOf(props.spec.options)[0] ?? "";
  const drawing = charts.get(key);
  const shared = { ...props, name: key, drawn };
  if (drawing) return <Chart {...shared} charts={drawing} />;
  const found = media.get(key);
  return found ? <Values {...shared} media={found} /> : <Nothing {...shared} />;
});

type Shared = PanelProps & { name: string };

/** Gives what a panel's frame needs; a key that somebody chose is its title. */
function useFrame({ spec, name, widthPx, full }: Shared) {
  const box = useRef<HTMLElement>(null);
  // What is only scrolled past isn't asked for.
  const near = useRested(useNear(box), PASSED_MS) || full === true;
  return { near, frame: { box, spec: spec.title ? spec : { ...spec, title: name }, widthPx, full, light: !near } };
}

function Nothing(shared: Shared) {
  return (
    <PanelFrame {...useFrame(shared).frame}>
      <p className={workspace.plotEmpty}>{shared.name ? t.mediaPanels.nobody : t.mediaPanels.noKey}</p>
    </PanelFrame>
  );
}

/** A custom chart over the runs that drew it. */
function Chart({ charts, ...shared }: Shared & { charts: DrawnChart[] }) {
  const { place, name } = shared;
  return (
    <PanelFrame {...useFrame(shared).frame}>
      <div className={styles.chart}>
        <Guard said={t.mediaPanels.broken}>
          <Suspense fallback={null}>
            <CustomChart place={place} name={name} charts={charts} />
          </Suspense>
        </Guard>
      </div>
    </PanelFrame>
  );
}

/** Values over steps. */
function Values({ media, ...shared }: Shared & { media: MediaKey }) {
  const { place, spec, drawn, name: key, widthPx, full } = shared;
  const { near, frame } = useFrame(shared);
  const actions = usePanelActions();
  const section = wordOfSection(spec.section);
  // A copy of a panel goes through the steps by itself.
  const panel = spec.added ? spec.id : key;
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
  const at = useStore(mediaSteps, (state) => stepOf(state, section, panel));
  const context = useMemo(
    () => ({ key, steps, at, move: (step: number | null) => movePanel(panel, step) }),
    [key, panel, steps, at],
  );
  const known = answer.isSuccess && !full;
  useEffect(() => {
    if (known) reportSteps(section, panel, steps);
  }, [known, section, panel, steps]);
  useEffect(() => () => reportSteps(section, panel, null), [section, panel]);

  const shown = all ? having : having.slice(0, SHOWN_RUNS);
  usePrefetch(place, key, shown, byRun, at, near);

  const [least, tall] = cellOf(typeOf(media));
  const expected = answer.isSuccess ? shown.length : Math.min(media.runs, drawn.length, SHOWN_RUNS);
  const across = Math.max(Math.min(Math.floor((widthPx - 16 + GAP_PX) / (least + GAP_PX)), expected), 1);
  const headed = drawn.length > 1;
  const comparedAs = COMPARED_AS[typeOf(media)];
  const cellPx = expected > across ? tall + (headed ? CELL_HEAD_PX : 0) : LEAST_CELL_PX;
  const slider = steps.length > 0 && (
    <StepSlider label={t.mediaPanels.stepsOf(key)} steps={steps} at={at} onMove={context.move} />
  );
  return (
    <PanelContext.Provider value={context}>
      <PanelFrame
        {...frame}
        notes={
          <>
            {answer.isSuccess && having.length < drawn.length && (
              <span className={workspace.panelNote}>{t.mediaPanels.having(having.length, drawn.length)}</span>
            )}
            {!full && having.length > SHOWN_RUNS && (
              <Button look="quiet" onClick={() => setAll((now) => !now)}>
                {all ? t.mediaPanels.showFirst(SHOWN_RUNS) : t.mediaPanels.showAll(shown.length, having.length)}
              </Button>
            )}
          </>
        }
        value={
          full ? undefined : (
            <span className={workspace.panelValue}>
              <OverlayMenu mediaKey={key} />
              {comparedAs && having.length > 1 && (
                <Button
                  look="quiet"
                  aria-label={t.tableCompare.compareKey(key)}
                  onClick={() => {
                    comparing.setState({ mode: comparedAs });
                    actions.focus(spec);
                  }}
                >
                  {t.tableCompare.compare}
                </Button>
              )}
            </span>
          )
        }
      >
        {full ? (
          answer.isSuccess && (
            <Suspense fallback={null}>
              <MediaFull {...{ place, media, drawn, byRun, having, steps, at }} onMove={context.move} />
            </Suspense>
          )
        ) : (
          <div
            className={styles.cells}
            role="group"
            aria-label={key}
            // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
            tabIndex={0}
            style={{ "--across": across, "--cell": `${cellPx}px` } as React.CSSProperties}
          >
            {shown.map((run) => (
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
            {answer.isSuccess && having.length === 0 && (
              <p className={styles.said}>{drawn.length === 0 ? t.panels.nothingDrawn : t.mediaPanels.nobody}</p>
            )}
          </div>
        )}
        {answer.isError && (
          <p className={styles.said}>{t.errors.failed(answer.error.message || t.errors.unreachable)}</p>
        )}
        {full ? slider && <footer className={styles.fullFoot}>{slider}</footer> : slider}
      </PanelFrame>
    </PanelContext.Provider>
  );
}

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
