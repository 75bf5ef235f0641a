/** Panels of media and custom charts, in sections by prefix, below the charts of numbers. */
import { useQueries } from "@tanstack/react-query";
import { Suspense, useCallback, useMemo, useRef, useState } from "react";
import { useStore } from "zustand";
import { type MediaKey, type RunChart, runChartsQuery } from "../../net/media";
import type { Place } from "../../net/projects";
import { count } from "../../series/format";
import { byName, cutMiddle, sectionOf } from "../../series/names";
import { joinSteps } from "../../series/steps";
import { followMedia } from "../../state/mediaAddress";
import { mediaSteps, moveSection, stepOf } from "../../state/mediaSteps";
import { changeView } from "../../state/view";
import { t } from "../../texts";
import { IconButton } from "../parts/Controls";
import { useNear, useView } from "../parts/hooks";
import { Icon } from "../parts/Icon";
import type { DrawnRun } from "../workspace/runs";
import workspace from "../workspace/workspace.module.css";
import { Guard } from "./Guard";
import { type ChartProps, CustomChart } from "./kinds";
import { MediaPanel } from "./MediaPanel";
import styles from "./media.module.css";
import { StepSlider } from "./StepSlider";

/** Runs whose custom charts are asked for: each is a request. */
const CHART_RUNS = 20;
const GAP_PX = 8;
/** Several runs side by side want more room than a third. */
const WIDE_FROM_RUNS = 5;
const CHART_PX = 320;

export type Chart = ChartProps["charts"][number];
type Item = { key: string; media: MediaKey } | { key: string; charts: Chart[] };
interface Section {
  name: string;
  items: Item[];
}

// Steps and overlays go with the address of whoever looks at media.
followMedia();

const folded = (name: string) => `media:${name}`;

/** Custom charts of the drawn runs, by key. */
export function useCharts(place: Place, drawn: DrawnRun[], media: MediaKey[]): Map<string, Chart[]> {
  const asked = media.some(({ types }) => Object.keys(types).some((type) => type.includes("table")));
  const some = asked ? drawn.slice(0, CHART_RUNS) : [];
  const answers = useQueries({ queries: some.map(({ row }) => runChartsQuery(place, row.id)) });
  const all = answers.map(({ data }) => data);
  const known = JSON.stringify(answers.map(({ dataUpdatedAt }) => dataUpdatedAt));
  // biome-ignore lint/correctness/useExhaustiveDependencies: answers are new when they were read at another time.
  return useMemo(() => {
    const found = new Map<string, Chart[]>();
    some.forEach(({ row, look }, i) => {
      for (const chart of (all[i] ?? []) as RunChart[]) {
        const one = { run: row.id, runName: row.name, look, chart };
        found.set(chart.key, [...(found.get(chart.key) ?? []), one]);
      }
    });
    return found;
  }, [known, drawn, asked]);
}

export default function MediaSections({
  place,
  drawn,
  media,
  isShown,
  columns: fitting,
  width,
  onOpen,
}: {
  place: Place;
  drawn: DrawnRun[];
  media: MediaKey[];
  /** Whether the search leaves a key in. */
  isShown: (key: string) => boolean;
  columns: number;
  width: number;
  onOpen: (key: string) => void;
}) {
  const closed = useView((view) => view.closed);
  const charts = useCharts(place, drawn, media);
  const columns = drawn.length >= WIDE_FROM_RUNS ? 1 : drawn.length > 1 ? Math.min(fitting, 2) : fitting;
  const all = useMemo((): Item[] => {
    const tables = new Set([...charts.values()].flatMap((drawn) => drawn.map(({ chart }) => chart.table_key)));
    return [
      ...media.filter(({ key }) => !tables.has(key)).map((one) => ({ key: one.key, media: one })),
      ...[...charts].map(([key, drawn]) => ({ key, charts: drawn })),
    ].sort((a, b) => byName(a.key, b.key));
  }, [media, charts]);
  const sections = useMemo((): Section[] => {
    const byPrefix = new Map<string, Item[]>();
    for (const item of all) {
      if (!isShown(item.key)) continue;
      const name = sectionOf(item.key);
      byPrefix.set(name, [...(byPrefix.get(name) ?? []), item]);
    }
    return [...byPrefix]
      .sort(([a], [b]) => (a === "" ? -1 : b === "" ? 1 : byName(a, b)))
      .map(([name, items]) => ({ name, items }));
  }, [all, isShown]);
  const open = sections.filter(({ name }) => !closed.includes(folded(name)));
  const shut = sections.filter(({ name }) => closed.includes(folded(name)));
  const fold = (name: string) => {
    const id = folded(name);
    changeView({ closed: closed.includes(id) ? closed.filter((one) => one !== id) : [...closed, id] });
  };
  if (all.length === 0) return null;
  const shown = open.reduce((sum, { items }) => sum + items.length, 0);
  return (
    <div className={styles.sections}>
      {open.map((section) => (
        <SectionView
          key={section.name}
          place={place}
          drawn={drawn}
          section={section}
          columns={columns}
          width={width}
          onFold={() => fold(section.name)}
          onOpen={onOpen}
        />
      ))}
      <div className={workspace.closed}>
        {shut.map(({ name, items }) => (
          <button key={name} type="button" aria-expanded={false} onClick={() => fold(name)}>
            <Icon name="chevronRight" size={14} />
            <span>
              <span className="visually-hidden">{t.panels.unfold[0]}</span>
              {t.mediaPanels.section(name)}
            </span>
            <small>{count(items.length)}</small>
          </button>
        ))}
        <span className={workspace.truth}>{t.mediaPanels.shown(shown, all.length)}</span>
      </div>
    </div>
  );
}

function SectionView({
  place,
  drawn,
  section: { name, items },
  columns: fitting,
  width,
  onFold,
  onOpen,
}: {
  place: Place;
  drawn: DrawnRun[];
  section: Section;
  columns: number;
  width: number;
  onFold: () => void;
  onOpen: (key: string) => void;
}) {
  const [steps, setSteps] = useState<Record<string, readonly number[]>>({});
  const heard = useCallback(
    (key: string, of: readonly number[]) => setSteps((now) => (now[key] === of ? now : { ...now, [key]: of })),
    [],
  );
  const joined = useMemo(() => joinSteps(Object.values(steps)), [steps]);
  const at = useStore(mediaSteps, (state) => stepOf(state, name));
  const columns = Math.min(fitting, Math.max(items.length, 1));
  const panelWidth = (width - GAP_PX * (columns - 1)) / columns;
  const title = t.mediaPanels.section(name);
  const sliding = items.filter((item) => "media" in item);
  return (
    <section className={styles.section} aria-label={title}>
      <div className={workspace.sectionHead}>
        <button type="button" aria-expanded={true} onClick={onFold}>
          <Icon name="chevronDown" size={14} />
          <span>
            <span className="visually-hidden">{t.panels.fold[0]}</span>
            {title}
          </span>
          <small>{count(items.length)}</small>
        </button>
        {sliding.length > 1 && joined.length > 1 && (
          <StepSlider
            label={t.mediaPanels.stepsOfAll(title)}
            steps={joined}
            at={at}
            onMove={(step) =>
              moveSection(
                name,
                sliding.map(({ key }) => key),
                step,
              )
            }
          />
        )}
      </div>
      <div className={styles.grid} style={{ "--columns": columns } as React.CSSProperties}>
        {items.map((item) =>
          "media" in item ? (
            <MediaPanel
              key={item.key}
              place={place}
              drawn={drawn}
              media={item.media}
              section={name}
              widthPx={panelWidth}
              onSteps={heard}
              onOpen={onOpen}
            />
          ) : (
            <ChartPanel
              key={item.key}
              place={place}
              name={item.key}
              charts={item.charts}
              widthPx={panelWidth}
              onOpen={onOpen}
            />
          ),
        )}
      </div>
    </section>
  );
}

/** A custom chart over the runs that drew it. */
export function ChartPanel({
  place,
  name,
  charts,
  widthPx,
  onOpen,
}: {
  place: Place;
  name: string;
  charts: Chart[];
  widthPx: number;
  onOpen?: (key: string) => void;
}) {
  const box = useRef<HTMLElement>(null);
  const near = useNear(box);
  return (
    <section
      ref={box}
      className={`${workspace.panel} ${styles.panel}`}
      aria-label={name}
      data-chart={name}
      style={onOpen ? { minHeight: CHART_PX } : undefined}
    >
      <header className={workspace.panelHead}>
        <h2 title={name}>{cutMiddle(name, Math.max(Math.floor((widthPx - 150) / 7), 16), 12)}</h2>
        <span className={workspace.panelValue} />
        {onOpen && (
          <span className={workspace.panelButtons}>
            <IconButton icon="expand" label={t.panels.fullscreen(name)} onClick={() => onOpen(name)} />
          </span>
        )}
      </header>
      <div className={styles.chart}>
        {near && (
          <Guard said={t.mediaPanels.broken}>
            <Suspense fallback={null}>
              <CustomChart place={place} name={name} charts={charts} full={!onOpen} />
            </Suspense>
          </Guard>
        )}
      </div>
    </section>
  );
}
