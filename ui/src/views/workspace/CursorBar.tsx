/** The step cursor: one x for all charts, movable by slider and keys. */
import { useQuery } from "@tanstack/react-query";
import { useStore } from "zustand";
import { metricsQuery } from "../../net/metrics";
import type { Place } from "../../net/projects";
import type { Stream } from "../../net/shapes";
import { duration, figure } from "../../series/format";
import { cutMiddle } from "../../series/names";
import { asNumber } from "../../series/tagged";
import { baseAxis, isKnownAxis } from "../../state/axes";
import { pointAt, pointerStore } from "../../state/pointer";
import type { KnownAxis, XAxis } from "../../state/view";
import { t } from "../../texts";
import { IconButton } from "../parts/Controls";
import { useKeys, useView } from "../parts/hooks";
import { KeyHint } from "../parts/KeyCaps";
import { clock } from "../parts/moments";
import parts from "../parts/parts.module.css";
import type { DrawnRun } from "./runs";
import { Truth } from "./Truth";
import styles from "./workspace.module.css";
import { useZoomKeys } from "./zoomKeys";

/** Steps of the slider on axes of time. */
const TIME_STEPS = 400;

export function CursorBar({
  place,
  drawn,
  stream = "history",
  run: only,
}: {
  place: Place;
  drawn: DrawnRun[];
  stream?: Stream;
  /** Only this run's metrics. */
  run?: string;
}) {
  const chosen = useView((view) => view.x);
  const axis = baseAxis(stream, { x: chosen });
  const known = isKnownAxis(axis);
  const metrics = useQuery({ ...metricsQuery(place, stream, only), enabled: !known }).data?.metrics;
  const x = useStore(pointerStore, (pointer) => (pointer.axis === axis ? pointer.x : null));
  const run = useStore(pointerStore, (pointer) => pointer.run);
  const metric = metrics?.find((one) => one.key === axis);
  const [from, to] = known ? reachOf(axis, drawn) : [asNumber(metric?.min) ?? 0, asNumber(metric?.max) ?? 0];
  const by = axis === "step" ? 1 : (to - from) / TIME_STEPS;
  const move = (next: number) => pointAt({ x: Math.min(Math.max(next, from), to), axis, panel: null });
  const step = (direction: number, large: boolean) => move((x ?? to) + direction * by * (large ? 10 : 1));
  useKeys({
    ",": () => step(-1, false),
    ".": () => step(1, false),
    "<": () => step(-1, true),
    ">": () => step(1, true),
  });
  useZoomKeys([from, to], x);
  const value = x === null ? to : Math.min(Math.max(x, from), to);
  const text =
    x === null
      ? t.cursor.none
      : axis === "step"
        ? figure(Math.round(value), 8)
        : axis === "runtime"
          ? duration(value)
          : axis === "percent"
            ? `${figure(value, 3)} %`
            : axis === "timestamp"
              ? clock(value)
              : figure(value, 6);
  const hot = drawn.find(({ row }) => row.id === run)?.row;
  const into =
    hot && x !== null && axis === "timestamp"
      ? x - hot.created_at
      : hot && x !== null && axis === "step" && hot.runtime_s && hot.last_step
        ? (hot.runtime_s * x) / hot.last_step
        : null;
  const label = t.cursor.label[axis as KnownAxis] ?? t.cursor.over(cutMiddle(axis, 20));
  return (
    <footer className={styles.cursorBar}>
      <span>{label}</span>
      <IconButton icon="chevronLeft" label={t.cursor.back} onClick={() => step(-1, false)} />
      <IconButton icon="chevronRight" label={t.cursor.forward} onClick={() => step(1, false)} />
      <input
        type="range"
        className={styles.slider}
        aria-label={label}
        aria-valuetext={text}
        min={from}
        max={to}
        step={by || 1}
        value={value}
        disabled={to <= from}
        style={{ "--share": `${to > from ? ((value - from) / (to - from)) * 100 : 0}%` } as React.CSSProperties}
        onChange={(event) => move(Number(event.target.value))}
      />
      {x === null ? <span>{text}</span> : <output>{text}</output>}
      {x !== null && axis !== "timestamp" && to > 0 && (
        <span>{t.cursor.of(axis === "runtime" ? duration(to) : figure(to, 8))}</span>
      )}
      {into !== null && into >= 0 && into < 1e8 && (
        <span className={styles.wide}>
          <span className={parts.divider} />
          {t.cursor.into(duration(into))}
        </span>
      )}
      <Truth />
      <span className={styles.wide}>
        <span className={parts.divider} />
        <KeyHint of="," /> <KeyHint of="." label={t.cursor.move} />
      </span>
    </footer>
  );
}

function reachOf(axis: XAxis, drawn: DrawnRun[]): [number, number] {
  const rows = drawn.map(({ row }) => row);
  if (rows.length === 0) return [0, 0];
  if (axis === "percent") return [0, 100];
  if (axis === "step") return [0, Math.max(...rows.map((row) => row.last_step ?? 0))];
  if (axis === "runtime") return [0, Math.max(...rows.map((row) => row.runtime_s ?? 0))];
  const starts = rows.map((row) => row.created_at);
  return [Math.min(...starts), Math.max(...rows.map((row) => row.heartbeat_at ?? row.created_at))];
}
