/** The one tooltip: the eight lines nearest to the pointer, by value. */
import { useStore } from "zustand";
import { delta, figure, weight } from "../../series/format";
import { joinAt, nearestTo } from "../../series/join";
import { cutMiddle } from "../../series/names";
import { xFigure } from "../../series/ticks";
import { pointerStore } from "../../state/pointer";
import type { KnownAxis } from "../../state/view";
import { t } from "../../texts";
import { useKeys, useView } from "../parts/hooks";
import { Swatch } from "../parts/RunMarks";
import { BranchNotes } from "./BranchNotes";
import { swatchOf } from "./lineNames";
import { panelLines } from "./panelLines";
import styles from "./tooltip.module.css";

const WIDTH_PX = 320;
const ROW_PX = 20;
const SHOWN = 8;
const AWAY_PX = 16;
const NAME_LENGTH = 32;

export function PlotTooltip() {
  const pointer = useStore(pointerStore);
  const baseline = useView((view) => view.baseline);
  useKeys({ "shift+Shift": () => freeze(), Shift: () => freeze() });
  const here = pointer.panel ? panelLines.get(pointer.panel) : undefined;
  if (!here || pointer.x === null || pointer.panel === null) return null;
  const { title, x, lines, names, tip, smooth } = here;
  if (tip === "none") return null;
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const line of lines) {
    from = Math.min(from, line.x[0] ?? from);
    to = Math.max(to, line.x[line.x.length - 1] ?? to);
  }
  const values = joinAt(lines, pointer.x, (to - from) / 100);
  if (values.length === 0) return null;
  const room = Math.floor((window.innerHeight - 160) / ROW_PX);
  const shown = nearestTo(values, pointer.y ?? 0, tip === "all" ? room : SHOWN);
  const compared = baseline ? values.find(({ line }) => line.run === baseline) : undefined;
  const rows = compared && !shown.includes(compared) ? [...shown, compared] : shown;
  const height = 28 + rows.length * ROW_PX + 36;
  const flip = pointer.clientX + AWAY_PX + WIDTH_PX > window.innerWidth - 8;
  const left = flip ? pointer.clientX - AWAY_PX - WIDTH_PX : pointer.clientX + AWAY_PX;
  const top = Math.min(Math.max(pointer.clientY - height / 3, 48), window.innerHeight - height - 36);
  return (
    <div
      className={styles.tooltip}
      style={{ transform: `translate(${Math.max(left, 4)}px, ${top}px)` }}
      aria-hidden="true"
    >
      <div className={styles.tipHead}>
        <strong>{cutMiddle(title, 26, 10)}</strong>
        <span>
          {t.panels.axesShort[x as KnownAxis] ?? cutMiddle(x, 16)}{" "}
          {xFigure(x, x === "step" ? Math.round(pointer.x) : pointer.x)}
        </span>
      </div>
      {rows.map(({ line, x: at, y }) => (
        <div key={`${line.run}/${line.key}`} className={styles.tipRow} data-hot={line.run === pointer.run}>
          <Swatch look={swatchOf(line)} />
          <span className={styles.tipName}>{cutMiddle(names.tip(line, { x: at, y }), NAME_LENGTH)}</span>
          {line.run === baseline ? (
            <span className={styles.tipDelta}>{t.tooltip.baseline}</span>
          ) : (
            compared && <span className={styles.tipDelta}>{delta(y - compared.y)}</span>
          )}
          <span>{figure(y)}</span>
        </div>
      ))}
      <BranchNotes panel={pointer.panel} x={pointer.x} lines={lines} />
      <div className={styles.tipFoot}>
        <span>{t.tooltip.nearest(shown.length, values.length)}</span>
        <span>
          {smooth > 0 && `${t.tooltip.smoothed(weight(smooth))} · `}
          {pointer.frozen ? t.tooltip.thaw : t.tooltip.freeze}
        </span>
      </div>
    </div>
  );
}

function freeze(): void {
  const { frozen, panel } = pointerStore.getState();
  if (frozen || panel) pointerStore.setState({ frozen: !frozen });
}
