/** What changes all charts at once: x axis, smoothing, log y, range. */
import { type Ref, useRef } from "react";
import { useStore } from "zustand";
import type { Place } from "../../net/projects";
import type { Metric, Stream } from "../../net/shapes";
import { weight } from "../../series/format";
import type { PanelSpec } from "../../series/layout";
import { cutMiddle } from "../../series/names";
import { axesOf, axisOfMetric, baseAxis } from "../../state/axes";
import { changeView, MAX_SMOOTHING, viewStore } from "../../state/view";
import { redo, undo, workspaceStore } from "../../state/workspace";
import { t } from "../../texts";
import { Button, IconButton, SearchInput } from "../parts/Controls";
import { useKeys, useView } from "../parts/hooks";
import { Icon } from "../parts/Icon";
import parts from "../parts/parts.module.css";
import { AxisMenu, axisName } from "./AxisMenu";
import { FitMenu } from "./FitMenu";
import { LookMenu } from "./LookMenu";
import { usePanelActions } from "./panelActions";
import { keysOf } from "./panelSeries";
import { Truth } from "./Truth";
import { ViewsMenu } from "./ViewsMenu";
import styles from "./workspace.module.css";

const SMOOTHING_STEP = 0.1;

export function changeSmoothing(by: number): void {
  const { smooth } = viewStore.getState();
  changeView({ smooth: Math.min(Math.max(Number((smooth + by).toFixed(2)), 0), MAX_SMOOTHING) });
}

export function PanelToolbar({
  place,
  stream,
  metrics,
  onAdd,
}: {
  /** Whose views are offered; absent where there are none. */
  place?: Place;
  stream: Stream;
  metrics: Metric[];
  onAdd: () => void;
}) {
  const search = useRef<HTMLInputElement>(null);
  const panels = useView((view) => view.panels);
  useKeys({
    "[": () => changeSmoothing(-SMOOTHING_STEP),
    "]": () => changeSmoothing(SMOOTHING_STEP),
    l: () => changeView({ log: !viewStore.getState().log }),
    f: () => changeView({ zoom: null, zoomed: null }),
    ";": (event) => focusSearch(event, search.current),
  });
  return (
    <div className={styles.toolbar} role="toolbar" aria-label={t.panels.label}>
      <SearchInput
        ref={search as Ref<HTMLInputElement>}
        className={styles.panelSearch}
        label={window.innerWidth < 1180 ? t.panels.filterShort : t.panels.filter}
        hint=";"
        value={panels}
        onChange={(event) => changeView({ panels: event.target.value })}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
        }}
      />
      <PanelControls stream={stream} metrics={metrics} />
      <LookMenu />
      <span className={styles.apart} />
      {stream === "history" && place && (
        <>
          <UndoRedo />
          <ViewsMenu place={place} />
          <Button onClick={onAdd} aria-label={t.arrange.addPanel}>
            <Icon name="plus" size={14} />
            {t.arrange.panel}
          </Button>
        </>
      )}
    </div>
  );
}

/** The controls alone, for all panels or for one full screen. */
export function PanelControls({ stream, metrics, panel }: { stream: Stream; metrics: Metric[]; panel?: PanelSpec }) {
  const log = useView((view) => view.log);
  const clip = useView((view) => view.clip);
  const x = useView((view) => view.x);
  return (
    <>
      {panel?.kind === "line" && stream === "history" ? (
        <OwnAxis panel={panel} metrics={metrics} />
      ) : (
        <AxisOfAll stream={stream} metrics={metrics} />
      )}
      <span className={parts.divider} />
      <Smoothing />
      <Button
        look={log ? "on" : "quiet"}
        aria-pressed={log}
        onClick={() => changeView({ log: !log })}
        style={{ fontWeight: 400 }}
      >
        {t.panels.log}
      </Button>
      <FitMenu base={baseAxis(stream, { x })} />
      <Button
        look={clip ? "on" : "quiet"}
        aria-pressed={clip}
        title={t.panels.clipTitle}
        className={styles.roomy}
        onClick={() => changeView({ clip: !clip })}
        style={{ fontWeight: 400 }}
      >
        {t.panels.clip}
      </Button>
      {panel && <Truth />}
    </>
  );
}

function UndoRedo() {
  const past = useStore(workspaceStore, (state) => state.past.length);
  const future = useStore(workspaceStore, (state) => state.future.length);
  if (past + future === 0) return null;
  return (
    <>
      <IconButton icon="undo" label={t.arrange.undo} disabled={past === 0} onClick={undo} />
      <IconButton icon="redo" label={t.arrange.redo} disabled={future === 0} onClick={redo} />
    </>
  );
}

function focusSearch(event: KeyboardEvent, input: HTMLInputElement | null): void {
  event.preventDefault();
  input?.focus();
  input?.select();
}

function AxisButton({ x, ...rest }: { x: string }) {
  return (
    <Button look="quiet" title={x} {...rest}>
      {t.panels.x} <strong>{cutMiddle(x, 24)}</strong>
      <Icon name="chevronDown" size={12} />
    </Button>
  );
}

/** What all panels run over. Where a script named step metrics, each panel follows its own until something is chosen. */
function AxisOfAll({ stream, metrics }: { stream: Stream; metrics: Metric[] }) {
  const x = useView((view) => view.x);
  const named = stream === "history" && metrics.some((metric) => metric.step_metric);
  const base = baseAxis(stream, { x });
  const chosen = x === null && named ? null : base;
  return (
    <AxisMenu
      label={t.panels.axis}
      trigger={<AxisButton x={chosen === null ? t.panels.own : axisName(base)} />}
      axes={axesOf(stream)}
      metrics={stream === "history" ? metrics : []}
      chosen={chosen}
      own={named ? t.panels.own : undefined}
      onChoose={(axis) => changeView({ x: axis === "step" && !named ? null : axis, zoom: null, zoomed: null })}
    />
  );
}

function OwnAxis({ panel, metrics }: { panel: PanelSpec; metrics: Metric[] }) {
  const actions = usePanelActions();
  const x = useView((view) => view.x);
  const own = panel.settings.x ?? null;
  const metric = metrics.find(({ key }) => key === keysOf(panel.options)[0]);
  return (
    <AxisMenu
      label={t.panels.axisOf(panel.title)}
      trigger={<AxisButton x={axisName(axisOfMetric("history", metric, { x: own ?? x }))} />}
      axes={axesOf("history")}
      metrics={metrics}
      chosen={own}
      own={t.panels.likeOthers}
      onChoose={(axis) => actions.change(panel, { settings: { ...panel.settings, x: axis ?? undefined } })}
    />
  );
}

function Smoothing() {
  const smooth = useView((view) => view.smooth);
  return (
    <label className={styles.smooth}>
      {t.panels.smooth}
      <input
        type="range"
        className={styles.slider}
        min={0}
        max={MAX_SMOOTHING}
        step={0.01}
        value={smooth}
        aria-label={t.panels.smoothLabel}
        style={{ "--share": `${(smooth / MAX_SMOOTHING) * 100}%` } as React.CSSProperties}
        onChange={(event) => changeView({ smooth: Number(event.target.value) })}
      />
      <output>{weight(smooth)}</output>
    </label>
  );
}
