/** A metric of the compared runs, where each parts from the baseline, and what differs in its config. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo } from "react";
import { isDrawn, metricsQuery } from "../../net/metrics";
import type { Place } from "../../net/projects";
import { type ComparedKey, differencesOf } from "../../series/compared";
import { count } from "../../series/format";
import { cutApart, cutMiddle, partings as partingsOf } from "../../series/names";
import { NOISE_TIMES, PARTED_POINTS, partingOf, pointsOf } from "../../series/parting";
import { lookOfPanel } from "../../state/panelLook";
import { changeView } from "../../state/view";
import { t } from "../../texts";
import { useRested, useView } from "../parts/hooks";
import { RunName, Swatch } from "../parts/RunMarks";
import { useLineNames } from "../workspace/lineNames";
import { Plot } from "../workspace/Plot";
import { PlotTooltip } from "../workspace/PlotTooltip";
import { panelLines } from "../workspace/panelLines";
import { drawingOf, linesOf, usePanelSeries } from "../workspace/panelSeries";
import type { Compared } from "./ComparePage";
import styles from "./compare.module.css";
import { saidOf } from "./KeyTable";
import { Ends, Marks } from "./Marks";
import { MetricMenu } from "./MetricMenu";

const PANEL = "compare";
/** Columns that curves are read in: a parting is found to one of them. */
const READ_PX = 1000;
/** Keys of a run's config that are named; the table has all. */
const NAMED = 4;
const FIRST_LOOKED_AT = /loss/i;

export function Partings({ place, runs, config }: { place: Place; runs: Compared[]; config: ComparedKey[] }) {
  const wanted = useView((view) => view.metric);
  const zoomed = useView((view) => ((view.zoomed ?? view.x ?? "step") === "step" ? view.zoom : null));
  const view = useView((now) => now);
  const listed = useQuery(metricsQuery(place, "history", runs.map(({ row }) => row.id).join(",")));
  const metrics = useMemo(() => (listed.data?.metrics ?? []).filter(isDrawn), [listed.data]);
  const metric =
    metrics.find(({ key }) => key === wanted) ?? metrics.find(({ key }) => FIRST_LOOKED_AT.test(key)) ?? metrics[0];
  const key = metric?.key;
  const drawing = useMemo(() => drawingOf(key ? { keys: [key] } : {}, []), [key]);
  const look = useMemo(() => lookOfPanel(view, { group: [], x: "step" }), [view]);
  const zoom = useRested(zoomed, 120);
  const ids = useMemo(() => runs.map(({ row }) => row.id), [runs]);
  const asked = useMemo(
    () => ({ place, runs: ids, stream: "history" as const, x: "step", range: null, widthPx: READ_PX }),
    [place, ids],
  );
  const near = useMemo(() => ({ ...asked, range: zoom }), [asked, zoom]);
  const whole = usePanelSeries(asked, drawing.read, key !== undefined);
  const shown = usePanelSeries(near, drawing.read, key !== undefined);
  const [first] = runs;
  const baseline = first?.row.id ?? null;
  const lines = useMemo(
    () => linesOf(shown.series, drawing, runs, look, zoomed, false, baseline, true),
    [shown.series, drawing, runs, look, zoomed, baseline],
  );
  const names = useLineNames(look, runs, "step");
  const partings = useMemo(() => {
    const points = new Map(whole.series.map((one) => [one.run, pointsOf(one)]));
    const base = baseline === null ? undefined : points.get(baseline);
    return new Map(
      runs.slice(1).map(({ row }) => {
        const mine = points.get(row.id);
        return [row.id, mine && base ? partingOf(mine, base) : undefined] as const;
      }),
    );
  }, [whole.series, runs, baseline]);

  useEffect(() => {
    panelLines.set(PANEL, { title: key ?? "", x: "step", lines, names, marks: [], tip: look.tip, smooth: look.smooth });
    return () => {
      panelLines.delete(PANEL);
    };
  }, [key, lines, names, look.tip, look.smooth]);

  if (listed.isPending || !first) return <section className={styles.partings} />;
  return (
    <section className={styles.partings} aria-label={t.compare.parting}>
      <header className={styles.head}>
        <h2>{t.compare.parting}</h2>
        {key && (
          <span className={styles.against} title={t.compare.against(key, first.row.name)}>
            {t.compare.against(key, cutMiddle(first.row.name, 24))}
          </span>
        )}
        {key && <MetricMenu metrics={metrics} chosen={key} onChoose={(one) => changeView({ metric: one })} />}
      </header>
      {!key && <p className={styles.foot}>{t.compare.noMetric}</p>}
      {key && (
        <div className={styles.chart}>
          <div className={styles.plot}>
            {lines.length > 0 && (
              <Plot
                panel={PANEL}
                title={key}
                lines={lines}
                names={names}
                x="step"
                base={view.x ?? "step"}
                log={look.log}
                logX={look.logX}
                rangeX={null}
                rangeY={null}
                clip={look.clip}
                zoom={zoomed}
                onPick={NOTHING}
                onOutside={NOTHING}
              />
            )}
          </div>
          {shown.settled && lines.length === 0 && <p className={styles.foot}>{t.panels.nothingDrawn}</p>}
          <Marks panel={PANEL} runs={runs} partings={partings} of={lines} />
          <Ends panel={PANEL} runs={runs} lines={lines} />
        </div>
      )}
      <ul className={styles.reasons}>
        {runs.slice(1).map(({ row, look: mine }, i) => {
          const at = partings.get(row.id);
          const differing = differencesOf(config, i + 1);
          const parted = partingsOf(differing.map((one) => one.key));
          const reasons = differing.map((one) => reasonText(one, parted.get(one.key)));
          const rest = reasons.length - NAMED;
          const text =
            reasons.length === 0
              ? t.compare.sameConfig
              : [...reasons.slice(0, NAMED), ...(rest > 0 ? [t.compare.andMore(rest)] : [])].join("; ");
          return (
            <li key={row.id}>
              <Swatch look={mine} />
              <RunName name={row.name} length={24} />
              <strong>
                {at === undefined ? t.compare.lacking : at === null ? t.compare.together : t.compare.step(count(at))}
              </strong>
              <span className={styles.reason} title={reasons.join("\n")}>
                {text}
              </span>
            </li>
          );
        })}
      </ul>
      <p className={styles.foot}>{t.compare.rule(PARTED_POINTS, NOISE_TIMES)}</p>
      <PlotTooltip />
    </section>
  );
}

const NOTHING = () => undefined;

function reasonText(
  { key, value, baseline }: ReturnType<typeof differencesOf>[number],
  parting: number | undefined,
): string {
  const name = cutApart(key, 24, 10, parting);
  const said = (one: typeof value) => cutMiddle(saidOf("config", one), 20, 8);
  if (baseline === null) return t.compare.only(name, said(value));
  if (value === null) return t.compare.without(name, said(baseline));
  return t.compare.not(name, said(value), said(baseline));
}
