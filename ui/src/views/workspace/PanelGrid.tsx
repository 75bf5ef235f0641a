/** Panels in sections, as the reader arranged them, and one of them full screen. */
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useRef, useState } from "react";
import { useLocation } from "wouter";
import { useStore } from "zustand";
import { isDrawn, metricsQuery } from "../../net/metrics";
import type { Place } from "../../net/projects";
import type { Metric, Stream } from "../../net/shapes";
import { count } from "../../series/format";
import {
  type Available,
  addSection,
  type PanelSpec,
  resolveLayout,
  restorePanels,
  type Section,
  wordOfSection,
} from "../../series/layout";
import { packSections } from "../../series/packing";
import { baseAxis } from "../../state/axes";
import { changeView } from "../../state/view";
import { arrange, workspaceStore } from "../../state/workspace";
import { t } from "../../texts";
import { runAt } from "../addresses";
import { KINDS } from "../panels/kinds";
import { Button, Empty, IconButton } from "../parts/Controls";
import { useKeys, useSize, useView } from "../parts/hooks";
import { Icon } from "../parts/Icon";
import parts from "../parts/parts.module.css";
import { GridMediaProvider, useGridMedia } from "./gridMedia";
import { addedIn, isHidden, matches, useAvailable, useLooks } from "./gridPanels";
import { GROUP } from "./groups";
import { LinePanel } from "./LinePanel";
import { PanelControls, PanelToolbar } from "./PanelToolbar";
import { PlotTooltip } from "./PlotTooltip";
import { focusOf, newId, PanelActionsProvider, panelActions } from "./panelActions";
import { keysOf } from "./panelSeries";
import type { DrawnRun } from "./runs";
import { Said, SectionView } from "./SectionView";
import { sectionTitle } from "./sectionTitle";
import styles from "./workspace.module.css";

const PanelEditor = lazy(() => import("../panels/PanelEditor"));
const AddPanel = lazy(() => import("../panels/AddPanel"));
const SectionSettings = lazy(() => import("../panels/SectionSettings"));

/** Room from which three panels stand side by side, and two. */
const THREE_FROM_PX = 780;
const TWO_FROM_PX = 420;
const GAP_PX = 8;
const PANEL_PX = 212;
/** Panels may be taller while all of them still fit. */
const TALL_PANEL_PX = 320;
const SECTION_PX = 28;
const FOOT_PX = 52;

/** Metrics the UI keeps for itself. */
const INNER = new Set(["_step", "_runtime", "_timestamp"]);

/** What is open beside the grid: a panel's editor, the choice of a new panel, a section's settings. */
type Open = { panel: string } | { addTo: string | null } | { section: string } | null;

export function PanelGrid({
  place,
  drawn,
  stream,
  run,
  panelsOf,
  sectionName,
  lead,
  emptyTitle = t.panels.noneYet,
  emptyMore = t.panels.noneYetMore,
}: {
  place: Place;
  drawn: DrawnRun[];
  stream: Stream;
  /** Only this run's metrics. */
  run?: string;
  /** Makes the panels of a stream that are not one for each key. */
  panelsOf?: (keys: string[]) => Available[];
  /** What sections are called whose names are not the reader's. */
  sectionName?: (prefix: string) => string;
  /** Stands above the sections, and scrolls with them. */
  lead?: React.ReactNode;
  emptyTitle?: string;
  emptyMore?: string;
}) {
  const [, navigate] = useLocation();
  const scroller = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(scroller);
  const viewX = useView((view) => view.x);
  const base = baseAxis(stream, { x: viewX });
  const search = useView((view) => view.panels);
  const closed = useView((view) => view.closed);
  const focus = useView((view) => view.focus);
  const layout = useStore(workspaceStore, (state) => state.layout);
  const metrics = useQuery(metricsQuery(place, stream, run));
  const [open, setOpen] = useState<Open>(null);

  const logged = useMemo(
    () => (metrics.data?.metrics ?? []).filter((metric) => !INNER.has(metric.key)),
    [metrics.data],
  );
  const all = useMemo(() => logged.filter(isDrawn), [logged]);
  const media = useGridMedia(place, drawn, logged, stream === "history");
  const texts = logged.filter((metric) => !isDrawn(metric) && metric.kind !== "media").length;

  const available = useAvailable(all, media.keys, panelsOf);
  // The system's charts are arranged by themselves; what a reader adds belongs to what the script logged.
  const everything = useMemo(() => {
    const sections = resolveLayout(layout, available);
    if (stream === "history") return sections;
    return sections
      .map((section) => ({
        ...section,
        name: sectionName?.(section.name) ?? section.name,
        panels: section.panels.filter((panel) => !panel.added),
      }))
      .filter((section) => section.panels.length > 0);
  }, [layout, available, stream, sectionName]);
  const panels = useMemo(() => everything.flatMap((section) => section.panels), [everything]);
  // What the script hid has a panel for those who look for it by name.
  const hiddenKeys = useMemo(() => new Set(all.filter(({ hidden }) => hidden).map(({ key }) => key)), [all]);
  const sections = useMemo(
    () =>
      everything.flatMap((section) => {
        const found = section.panels.filter((panel) =>
          search
            ? matches(panel.title, search) || keysOf(panel.options).some((key) => matches(key, search))
            : !isHidden(panel, hiddenKeys),
        );
        return found.length > 0 || (!search && section.panels.length === 0) ? [{ ...section, panels: found }] : [];
      }),
    [everything, search, hiddenKeys],
  );
  const matching = sections.reduce((sum, section) => sum + section.panels.length, 0);
  const hidden = search ? 0 : panels.length - matching;
  const removed = available.length + addedIn(layout, stream) - panels.length;
  const looks = useLooks(everything, run === undefined && stream === "history");
  const actions = useMemo(() => panelActions(everything, (panel) => setOpen({ panel: panel.id })), [everything]);

  const inner = Math.max(width - 24, 0);
  const fitting = inner >= THREE_FROM_PX ? 3 : inner >= TWO_FROM_PX ? 2 : 1;
  // Two metrics get half the room each, not a third and a gap.
  const wanted = sections.reduce((sum, { panels: some }) => sum + some.reduce((n, panel) => n + panel.wide, 0), 0);
  const columns = Math.min(fitting, Math.max(wanted, 1));
  const { unfolded, folded } = useMemo(
    () => ({
      unfolded: packSections(
        sections.filter((section) => !closed.includes(wordOfSection(section.id))),
        columns,
        layout.order.length > 0,
      ),
      folded: sections.filter((section) => closed.includes(wordOfSection(section.id))),
    }),
    [sections, closed, columns, layout.order],
  );
  const shown = unfolded.reduce((sum, section) => sum + section.panels.length, 0);
  const cells = ({ span, panels: some }: (typeof unfolded)[number]) =>
    Math.max(
      span,
      some.reduce((sum, panel) => sum + Math.min(panel.wide, columns) * panel.tall, 0),
    );
  const rows = Math.ceil(unfolded.reduce((sum, section) => sum + cells(section), 0) / columns);
  const room = Math.floor((height - FOOT_PX) / Math.max(rows, 1)) - SECTION_PX;
  const panelHeight = Math.min(Math.max(room, PANEL_PX), TALL_PANEL_PX);
  const columnPx = columns > 0 ? (inner - GAP_PX * (columns - 1)) / columns : 0;

  const at = focus === null ? -1 : panels.findIndex((panel) => focusOf(panel.id) === focus);
  const focused = panels[at];
  const step = (by: number) => {
    const next = panels[(at + by + panels.length) % panels.length];
    if (next) changeView({ focus: focusOf(next.id) });
  };
  useKeys(
    { Escape: () => changeView({ focus: null }), ArrowRight: () => step(1), ArrowLeft: () => step(-1) },
    focused !== undefined && open === null,
  );

  const pick = useMemo(
    () => (id: string) => (run || id.startsWith(GROUP) ? undefined : navigate(runAt(place, id))),
    [navigate, place, run],
  );
  const panelView = (panel: PanelSpec, widthPx: number, full = false) => {
    const look = looks.get(panel.id)!;
    const props = { place, spec: panel, look, drawn, metrics: all, stream, widthPx, full };
    if (panel.kind === "line") {
      return <LinePanel key={panel.id} {...props} base={base} onPick={pick} />;
    }
    const kind = KINDS[panel.kind];
    return kind ? (
      <Suspense key={panel.id} fallback={<div className={styles.panel} />}>
        <kind.Panel {...props} />
      </Suspense>
    ) : null;
  };
  const fold = (section: Section) => {
    const name = wordOfSection(section.id);
    changeView({ closed: closed.includes(name) ? closed.filter((one) => one !== name) : [...closed, name] });
  };
  const editing = open && "panel" in open ? panels.find(({ id }) => id === open.panel) : undefined;
  const setting = open && "section" in open ? everything.find(({ id }) => id === open.section) : undefined;
  return (
    <PanelActionsProvider value={actions}>
      <GridMediaProvider value={media}>
        <div className={styles.main}>
          <PanelToolbar
            place={run ? undefined : place}
            stream={stream}
            metrics={all}
            onAdd={() => setOpen({ addTo: null })}
          />
          <div
            ref={scroller}
            className={styles.panels}
            data-scroller
            inert={focused !== undefined}
            style={{ "--panel-height": `${panelHeight}px` } as React.CSSProperties}
          >
            {metrics.isSuccess && logged.length === 0 && panels.length === 0 && (
              <Empty title={emptyTitle}>{emptyMore}</Empty>
            )}
            {logged.length > 0 && panels.length === 0 && removed === 0 && (
              <Empty title={t.panels.noneDrawn}>{t.panels.noneDrawnMore}</Empty>
            )}
            {metrics.isError && <Empty title={t.errors.failed(metrics.error.message || t.errors.unreachable)} />}
            {panels.length > 0 && search !== "" && matching === 0 && <Empty title={t.panels.none} />}
            {lead}
            <div className={styles.sections} style={{ "--columns": columns } as React.CSSProperties}>
              {width > 0 &&
                unfolded.map((section) => (
                  <SectionView
                    key={section.id}
                    section={section}
                    columns={columns}
                    onFold={() => fold(section)}
                    onAdd={({ id }) => setOpen({ addTo: id })}
                    onSettings={({ id }) => setOpen({ section: id })}
                  >
                    {section.panels.map((panel) => {
                      const wide = Math.min(panel.wide, section.span);
                      // The same object while it fits: panels are drawn anew when theirs changes.
                      const fits = wide === panel.wide ? panel : { ...panel, wide };
                      return panelView(fits, columnPx * wide + GAP_PX * (wide - 1));
                    })}
                  </SectionView>
                ))}
            </div>
            {(panels.length > 0 || removed > 0) && (
              <div className={styles.closed}>
                {folded.map((section) => (
                  <button key={section.id} type="button" aria-expanded={false} onClick={() => fold(section)}>
                    <Icon name="chevronRight" size={14} />
                    <Said name={sectionTitle(section)} around={t.panels.unfold} />
                    <small>{count(section.panels.length)}</small>
                  </button>
                ))}
                {stream === "history" && (
                  <Button
                    look="quiet"
                    onClick={() => arrange((now) => addSection(now, everything, newId(), t.arrange.newSection, null))}
                  >
                    <Icon name="plus" size={14} />
                    {t.arrange.newSection}
                  </Button>
                )}
                <span className={styles.truth}>
                  {t.panels.shown(shown, panels.length)}
                  {hidden > 0 && ` · ${t.panels.hidden(hidden)}`}
                  {removed > 0 && ` · ${t.arrange.removed(removed)}`}
                  {texts > 0 && ` · ${t.panels.notDrawn(texts)}`}
                  {metrics.data &&
                    metrics.data.total > metrics.data.metrics.length &&
                    ` · ${t.panels.moreKeys(metrics.data.metrics.length, metrics.data.total)}`}
                </span>
                {removed > 0 && (
                  <Button look="quiet" onClick={() => arrange(restorePanels)}>
                    {t.arrange.restore}
                  </Button>
                )}
              </div>
            )}
          </div>
          {focused && (
            <FullScreen panel={focused} metrics={all} stream={stream} onStep={step} at={at} of={panels.length}>
              {panelView(focused, window.innerWidth, true)}
            </FullScreen>
          )}
          <Suspense fallback={null}>
            {editing && <PanelEditor place={place} spec={editing} metrics={all} onClose={() => setOpen(null)} />}
            {open && "addTo" in open && (
              <AddPanel
                place={place}
                metrics={all}
                sections={everything}
                section={open.addTo}
                onClose={() => setOpen(null)}
                onAdded={(id) => setOpen({ panel: id })}
              />
            )}
            {setting && <SectionSettings section={setting} metrics={all} onClose={() => setOpen(null)} />}
          </Suspense>
          <PlotTooltip />
        </div>
      </GridMediaProvider>
    </PanelActionsProvider>
  );
}

function FullScreen({
  panel,
  metrics,
  stream,
  onStep,
  at,
  of,
  children,
}: {
  panel: PanelSpec;
  metrics: Metric[];
  stream: Stream;
  onStep: (by: number) => void;
  at: number;
  of: number;
  children: React.ReactNode;
}) {
  return (
    <section className={styles.full} aria-label={t.panels.fullscreen(panel.title)}>
      <div className={styles.fullBar}>
        <IconButton icon="arrowLeft" label={t.panels.leave} onClick={() => changeView({ focus: null })} />
        <IconButton icon="chevronLeft" label={t.panels.previous} onClick={() => onStep(-1)} />
        <IconButton icon="chevronRight" label={t.panels.next} onClick={() => onStep(1)} />
        <span className={styles.panelNote}>{t.home.of(at + 1, of)}</span>
        {panel.kind === "line" && (
          <>
            <span className={parts.divider} />
            <PanelControls stream={stream} metrics={metrics} panel={panel} />
          </>
        )}
      </div>
      {children}
    </section>
  );
}
