/** The step cursor: one x for all charts, movable by slider and keys. */
import { useStore } from "zustand";
import type { Stream } from "../../net/shapes";
import { duration, figure } from "../../series/format";
import { pointAt, pointerStore } from "../../state/pointer";
import type { XAxis } from "../../state/view";
import { t } from "../../texts";
import { IconButton, Kbd } from "../parts/Controls";
import { useKeys, useView } from "../parts/hooks";
import { clock } from "../parts/moments";
import { axisOf } from "./PanelGrid";
import type { DrawnRun } from "./runs";
import styles from "./workspace.module.css";

/** Steps of the slider on axes of time. */
const TIME_STEPS = 400;

export function CursorBar({ drawn, stream = "history" }: { drawn: DrawnRun[]; stream?: Stream }) {
  const axis = axisOf(
    stream,
    useView((view) => view.x),
  );
  const x = useStore(pointerStore, (pointer) => pointer.x);
  const run = useStore(pointerStore, (pointer) => pointer.run);
  const [from, to] = reachOf(axis, drawn);
  const by = axis === "step" ? 1 : (to - from) / TIME_STEPS;
  const move = (next: number) => pointAt({ x: Math.min(Math.max(next, from), to), panel: null });
  const step = (direction: number, large: boolean) => move((x ?? to) + direction * by * (large ? 10 : 1));
  useKeys({
    ",": () => step(-1, false),
    ".": () => step(1, false),
    "<": () => step(-1, true),
    ">": () => step(1, true),
  });
  const value = x === null ? to : Math.min(Math.max(x, from), to);
  const text =
    x === null
      ? t.cursor.none
      : axis === "step"
        ? figure(Math.round(value), 8)
        : axis === "runtime"
          ? duration(value)
          : clock(value);
  const hot = drawn.find(({ row }) => row.id === run)?.row;
  const into =
    hot && x !== null && axis === "timestamp"
      ? x - hot.created_at
      : hot && x !== null && axis === "step" && hot.runtime_s && hot.last_step
        ? (hot.runtime_s * x) / hot.last_step
        : null;
  return (
    <footer className={styles.cursorBar}>
      <span>{t.cursor.label[axis]}</span>
      <IconButton icon="chevronLeft" label={t.cursor.back} onClick={() => step(-1, false)} />
      <IconButton icon="chevronRight" label={t.cursor.forward} onClick={() => step(1, false)} />
      <input
        type="range"
        className={styles.slider}
        aria-label={t.cursor.label[axis]}
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
      {axis !== "timestamp" && to > 0 && <span>{t.cursor.of(axis === "step" ? figure(to, 8) : duration(to))}</span>}
      {into !== null && into >= 0 && into < 1e8 && (
        <span className={styles.wide}>
          <span className={styles["bar-divider"]} />
          {t.cursor.into(duration(into))}
        </span>
      )}
      <span className={styles.wide}>
        <span className={styles["bar-divider"]} />
        <Kbd>,</Kbd>
        <Kbd>.</Kbd> {t.cursor.move}
      </span>
    </footer>
  );
}

function reachOf(axis: XAxis, drawn: DrawnRun[]): [number, number] {
  const rows = drawn.map(({ row }) => row);
  if (rows.length === 0) return [0, 0];
  if (axis === "step") return [0, Math.max(...rows.map((row) => row.last_step ?? 0))];
  if (axis === "runtime") return [0, Math.max(...rows.map((row) => row.runtime_s ?? 0))];
  const starts = rows.map((row) => row.created_at);
  return [Math.min(...starts), Math.max(...rows.map((row) => row.heartbeat_at ?? row.created_at))];
}
