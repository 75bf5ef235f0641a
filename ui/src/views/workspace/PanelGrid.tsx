/** Charts in sections, and one of them full screen. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useCallback, useMemo, useRef } from "react";
import { useLocation } from "wouter";
import { MEDIA_RUNS, type MediaKey, mediaKeysQuery } from "../../net/media";
import { isDrawn, metricsQuery } from "../../net/metrics";
import type { Place } from "../../net/projects";
import type { Metric, Stream } from "../../net/shapes";
import { count } from "../../series/format";
import { axisOfMetric, baseAxis } from "../../state/axes";
import { changeView } from "../../state/view";
import { t } from "../../texts";
import { runAt } from "../addresses";
import { Empty, IconButton } from "../parts/Controls";
import { useKeys, useSize, useView } from "../parts/hooks";
import { Icon } from "../parts/Icon";
import parts from "../parts/parts.module.css";
import { packSections, type Section, sectionsOf } from "./layout";
import { Panel } from "./Panel";
import { PanelControls, PanelToolbar } from "./PanelToolbar";
import { PlotTooltip } from "./PlotTooltip";
import type { DrawnRun } from "./runs";
import styles from "./workspace.module.css";

const MediaSections = lazy(() => import("../media/MediaSections"));
const MediaFull = lazy(() => import("../media/MediaFull"));

/** How media keys are written in the address, where metrics stand by their names. */
const MEDIA = "media:";
const NO_MEDIA: MediaKey[] = [];

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

export function PanelGrid({
  place,
  drawn,
  stream,
  run,
  sectionBy,
  emptyTitle = t.panels.noneYet,
  emptyMore = t.panels.noneYetMore,
}: {
  place: Place;
  drawn: DrawnRun[];
  stream: Stream;
  /** Only this run's metrics. */
  run?: string;
  sectionBy?: (key: string) => string;
  emptyTitle?: string;
  emptyMore?: string;
}) {
  const [, navigate] = useLocation();
  const scroller = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(scroller);
  const viewX = useView((view) => view.x);
  const axes = useView((view) => view.axes);
  const base = baseAxis(stream, { x: viewX });
  const log = useView((view) => view.log);
  const clip = useView((view) => view.clip);
  const smooth = useView((view) => view.smooth);
  const zoom = useView((view) => view.zoom);
  const zoomed = useView((view) => view.zoomed) ?? base;
  const search = useView((view) => view.panels);
  const closed = useView((view) => view.closed);
  const focus = useView((view) => view.focus);
  const metrics = useQuery(metricsQuery(place, stream, run));

  const logged = useMemo(
    () => (metrics.data?.metrics ?? []).filter((metric) => !INNER.has(metric.key)),
    [metrics.data],
  );
  const all = useMemo(() => logged.filter(isDrawn), [logged]);
  // Asked for only where there are some: most projects pay nothing for them.
  const holdsMedia = stream === "history" && logged.some(({ kind }) => kind === "media" || kind === "mixed");
  const ids = useMemo(() => drawn.slice(0, MEDIA_RUNS).map(({ row }) => row.id), [drawn]);
  const mediaDrawn = useMemo(() => drawn.slice(0, MEDIA_RUNS), [drawn]);
  const mediaKeys = useQuery({
    ...mediaKeysQuery(place, ids),
    enabled: holdsMedia && ids.length > 0,
    placeholderData: keepPreviousData,
  });
  const media = (holdsMedia && ids.length > 0 && mediaKeys.data) || NO_MEDIA;
  const hasMedia = logged.some(({ kind }) => kind === "media");
  const texts = logged.filter((metric) => !isDrawn(metric) && metric.kind !== "media").length;
  const isShown = useCallback((key: string) => matches(key, search), [search]);
  const openMedia = useCallback((key: string) => changeView({ focus: `${MEDIA}${key}` }), []);
  // What the script hid has a panel for those who look for it by name.
  const matching = useMemo(
    () => all.filter((metric) => (search ? matches(metric.key, search) : !metric.hidden)),
    [all, search],
  );
  const hidden = search ? 0 : all.length - matching.length;
  const inner = Math.max(width - 24, 0);
  const fitting = inner >= THREE_FROM_PX ? 3 : inner >= TWO_FROM_PX ? 2 : 1;
  // Two metrics get half the room each, not a third and a gap.
  const columns = Math.min(fitting, Math.max(matching.length, 1));
  const { open, folded } = useMemo(() => {
    const sections = sectionsOf(matching, sectionBy);
    return {
      open: packSections(
        sections.filter((section) => !closed.includes(sectionId(section.name))),
        columns,
      ),
      folded: sections.filter((section) => closed.includes(sectionId(section.name))),
    };
  }, [matching, closed, columns, sectionBy]);
  const shown = open.reduce((sum, section) => sum + section.metrics.length, 0);
  const rows = Math.ceil(
    open.reduce((sum, section) => sum + Math.max(section.span, section.metrics.length), 0) / columns,
  );
  const room = Math.floor((height - FOOT_PX) / Math.max(rows, 1)) - SECTION_PX;
  const panelHeight = Math.min(Math.max(room, PANEL_PX), TALL_PANEL_PX);
  const panelWidth = columns > 0 ? (inner - GAP_PX * (columns - 1)) / columns : 0;

  const at = focus === null ? -1 : all.findIndex((metric) => metric.key === focus);
  const focused = all[at];
  const focusedMedia = focus?.startsWith(MEDIA) && media.length > 0 ? focus.slice(MEDIA.length) : null;
  const step = (by: number) => {
    const next = all[(at + by + all.length) % all.length];
    if (next) changeView({ focus: next.key });
  };
  useKeys(
    { Escape: () => changeView({ focus: null }), ArrowRight: () => step(1), ArrowLeft: () => step(-1) },
    focused !== undefined,
  );

  const pick = useMemo(() => (id: string) => (run ? undefined : navigate(runAt(place, id))), [navigate, place, run]);
  const panelOf = (metric: Metric) => {
    const x = axisOfMetric(stream, metric, { x: viewX, axes });
    const ranged = zoom && x === zoomed ? zoom : null;
    return { place, stream, drawn, metric, metrics: all, x, base, log, clip, smooth, zoom: ranged, onPick: pick };
  };
  const fold = (name: string) =>
    changeView({
      closed: closed.includes(sectionId(name))
        ? closed.filter((one) => one !== sectionId(name))
        : [...closed, sectionId(name)],
    });
  return (
    <div className={styles.main}>
      <PanelToolbar stream={stream} metrics={all} />
      <div
        ref={scroller}
        className={styles.panels}
        data-scroller
        inert={focused !== undefined || focusedMedia !== null}
        style={{ "--panel-height": `${panelHeight}px` } as React.CSSProperties}
      >
        {metrics.isSuccess && logged.length === 0 && <Empty title={emptyTitle}>{emptyMore}</Empty>}
        {logged.length > 0 && all.length === 0 && !hasMedia && (
          <Empty title={t.panels.noneDrawn}>{t.panels.noneDrawnMore}</Empty>
        )}
        {metrics.isError && <Empty title={t.errors.failed(metrics.error.message || t.errors.unreachable)} />}
        {all.length > 0 && matching.length === 0 && !media.some(({ key }) => isShown(key)) && (
          <Empty title={t.panels.none} />
        )}
        <div className={styles.sections} style={{ "--columns": columns } as React.CSSProperties}>
          {width > 0 &&
            open.map((section) => (
              <SectionView key={section.name} section={section} columns={columns} onFold={fold}>
                {section.metrics.map((metric) => (
                  <Panel key={metric.key} widthPx={panelWidth} {...panelOf(metric)} />
                ))}
              </SectionView>
            ))}
        </div>
        {all.length > 0 && (
          <div className={styles.closed}>
            {folded.map((section) => (
              <button key={section.name} type="button" aria-expanded={false} onClick={() => fold(section.name)}>
                <Icon name="chevronRight" size={14} />
                <Said name={section.name || t.panels.main} around={t.panels.unfold} />
                <small>{count(section.metrics.length)}</small>
              </button>
            ))}
            <span className={styles.truth}>
              {t.panels.shown(shown, all.length)}
              {hidden > 0 && ` · ${t.panels.hidden(hidden)}`}
              {texts > 0 && ` · ${t.panels.notDrawn(texts)}`}
              {metrics.data &&
                metrics.data.total > metrics.data.metrics.length &&
                ` · ${t.panels.moreKeys(metrics.data.metrics.length, metrics.data.total)}`}
            </span>
          </div>
        )}
        {media.length > 0 && width > 0 && (
          <Suspense fallback={null}>
            <MediaSections
              place={place}
              drawn={mediaDrawn}
              media={media}
              isShown={isShown}
              columns={fitting}
              width={inner}
              onOpen={openMedia}
            />
          </Suspense>
        )}
      </div>
      {focusedMedia !== null && (
        <Suspense fallback={null}>
          <MediaFull place={place} drawn={mediaDrawn} media={media} focus={focusedMedia} onOpen={openMedia} />
        </Suspense>
      )}
      {focused && (
        <FullScreen metric={focused} metrics={all} stream={stream} onStep={step} at={at} of={all.length}>
          <Panel {...panelOf(focused)} widthPx={window.innerWidth} full />
        </FullScreen>
      )}
      <PlotTooltip />
    </div>
  );
}

/** Sections are folded by name; the one without a name needs one in the URL. */
function sectionId(name: string): string {
  return name || "~";
}

function matches(key: string, search: string): boolean {
  if (!search) return true;
  try {
    return new RegExp(search, "i").test(key);
  } catch {
    return key.toLowerCase().includes(search.toLowerCase());
  }
}

/** A section's name, and what pressing it does for those who don't see the arrow. */
function Said({ name, around: [before, after] }: { name: string; around: string[] }) {
  return (
    <span>
      <span className="visually-hidden">{before}</span>
      {name}
      <span className="visually-hidden">{after}</span>
    </span>
  );
}

function SectionView({
  section,
  columns,
  onFold,
  children,
}: {
  section: Section;
  columns: number;
  onFold: (name: string) => void;
  children: React.ReactNode;
}) {
  const name = section.name || t.panels.main;
  return (
    <section
      className={styles.section}
      style={{ gridColumn: `span ${Math.min(section.span, columns)}` }}
      aria-label={name}
    >
      <div className={styles.sectionHead}>
        <button type="button" aria-expanded={true} onClick={() => onFold(section.name)}>
          <Icon name="chevronDown" size={14} />
          <Said name={name} around={t.panels.fold} />
          <small>{count(section.metrics.length)}</small>
        </button>
      </div>
      {children}
    </section>
  );
}

function FullScreen({
  metric,
  metrics,
  stream,
  onStep,
  at,
  of,
  children,
}: {
  metric: Metric;
  metrics: Metric[];
  stream: Stream;
  onStep: (by: number) => void;
  at: number;
  of: number;
  children: React.ReactNode;
}) {
  return (
    <section className={styles.full} aria-label={t.panels.fullscreen(metric.key)}>
      <div className={styles.fullBar}>
        <IconButton icon="arrowLeft" label={t.panels.leave} onClick={() => changeView({ focus: null })} />
        <IconButton icon="chevronLeft" label={t.panels.previous} onClick={() => onStep(-1)} />
        <IconButton icon="chevronRight" label={t.panels.next} onClick={() => onStep(1)} />
        <span className={styles.panelNote}>{t.home.of(at + 1, of)}</span>
        <span className={parts.divider} />
        <PanelControls stream={stream} metrics={metrics} metric={metric} />
      </div>
      {children}
    </section>
  );
}
