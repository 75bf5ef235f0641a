/** The legend of a chart: its lines by name, beside where they are drawn. */
import { useStore } from "zustand";
import type { DrawnLine } from "../../chart/drawing";
import { valueAt } from "../../series/join";
import { pointAt, pointerStore } from "../../state/pointer";
import type { XAxis } from "../../state/view";
import { t } from "../../texts";
import { usePointedRun } from "../parts/hooks";
import { Swatch } from "../parts/RunMarks";
import styles from "./legend.module.css";
import { type LineNames, type Point, swatchOf } from "./lineNames";

/** Lines named; the others are counted. */
const NAMED = 60;

export default function Legend({
  title,
  lines,
  names,
  axis,
}: {
  title: string;
  lines: DrawnLine[];
  names: LineNames;
  axis: XAxis;
}) {
  const x = useStore(pointerStore, (pointer) => (names.followsPoint && pointer.axis === axis ? pointer.x : null));
  const hot = usePointedRun();
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <ul className={styles.lines} aria-label={t.legends.of(title)} tabIndex={0} data-legend-of={title}>
      {lines.slice(0, NAMED).map((line) => {
        const name = names.legend(line, names.followsPoint ? pointOf(line, x) : null);
        return (
          <li
            key={`${line.run}/${line.key}`}
            data-hot={line.run === hot || undefined}
            title={name}
            onMouseEnter={() => pointAt({ run: line.run, panel: null })}
            onMouseLeave={() => pointAt({ run: null })}
          >
            <Swatch look={swatchOf(line)} />
            <span>{name}</span>
          </li>
        );
      })}
      {lines.length > NAMED && <li>{t.legends.more(lines.length - NAMED)}</li>}
    </ul>
  );
}

/** The point of a line at an x; its last one where nobody looks. */
function pointOf(line: DrawnLine, x: number | null): Point | null {
  const last = line.x.length - 1;
  if (last < 0) return null;
  if (x === null) return { x: line.x[last]!, y: line.y[last]! };
  return valueAt(line, x, (line.x[last]! - line.x[0]!) / 50);
}
