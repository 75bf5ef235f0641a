/** Pictures of runs by steps: evenly many of the steps, the chosen one among them. */
import { useEffect, useMemo, useRef, useState } from "react";
import type { Place } from "../../net/projects";
import { figure } from "../../series/format";
import { newestUpTo } from "../../series/steps";
import { t } from "../../texts";
import { RunName, State, Swatch } from "../parts/RunMarks";
import type { DrawnRun } from "../workspace/runs";
import { Cell } from "./Cell";
import styles from "./media.module.css";
import { PanelContext } from "./panelContext";
import lattice from "./stepGrid.module.css";

/** Of the grid: the head of a row, a picture's least width, and its share of height to width. */
const ROW_HEAD_PX = 188;
const COLUMN_PX = 170;
const RATIO = 0.8;
/** Rows drawn at first; more as they are scrolled to. */
const ROWS_AT_ONCE = 12;

export function StepGrid({
  place,
  runs,
  mediaKey,
  byRun,
  steps,
  at,
  width,
  onMove,
}: {
  place: Place;
  runs: DrawnRun[];
  mediaKey: string;
  byRun: ReadonlyMap<string, number[]>;
  steps: readonly number[];
  at: number | null;
  width: number;
  onMove: (step: number | null) => void;
}) {
  const fitting = Math.max(Math.floor((width - ROW_HEAD_PX) / COLUMN_PX), 1);
  const chosen = newestUpTo(steps, at) ?? steps[0]!;
  const columns = useMemo(() => spread(steps, chosen, fitting), [steps, chosen, fitting]);
  const [rows, setRows] = useState(ROWS_AT_ONCE);
  const tall = Math.round(((width - ROW_HEAD_PX - 24) / columns.length) * RATIO);
  return (
    <div
      className={lattice.stepGrid}
      style={
        {
          "--head": `${ROW_HEAD_PX}px`,
          "--across": columns.length,
          "--cell": `${Math.min(Math.max(tall, 96), 240)}px`,
        } as React.CSSProperties
      }
    >
      <div className={lattice.stepHead}>
        <span>{t.mediaPanels.gridOf(runs.length, columns.length, steps.length)}</span>
        {columns.map((step) => (
          <button
            key={step}
            type="button"
            aria-current={step === chosen || undefined}
            onClick={() => onMove(step === steps.at(-1) ? null : step)}
          >
            {t.mediaPanels.step("")}
            <strong>{figure(step, 12)}</strong>
          </button>
        ))}
      </div>
      {runs.slice(0, rows).map((run) => (
        <div key={run.row.id} className={lattice.stepRow}>
          <div className={lattice.runHead}>
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
    <div className={lattice.stepCell} data-chosen={chosen || undefined}>
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
            note={found !== step && <span className={lattice.nearest}>{t.mediaPanels.nearest(figure(found, 12))}</span>}
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
