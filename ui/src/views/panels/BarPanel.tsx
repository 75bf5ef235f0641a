/** One value of every drawn run as a bar, or of groups of runs as bars with their spread, or boxes. */
import { useMemo, useRef } from "react";
import { useStore } from "zustand";
import { figure } from "../../series/format";
import { cutMiddle } from "../../series/names";
import { scaleOf } from "../../series/scale";
import { type Spread, spreadOf } from "../../series/spread";
import { asNumber } from "../../series/tagged";
import { pointAt, pointerStore } from "../../state/pointer";
import { bareKey } from "../../state/sort";
import { t } from "../../texts";
import { useNear } from "../parts/hooks";
import { valueText } from "../parts/valueText";
import { PanelFrame } from "../workspace/PanelFrame";
import workspace from "../workspace/workspace.module.css";
import type { PanelProps } from "./kinds";
import styles from "./panels.module.css";
import { columnOf, listOption, textOption, useFirstKeys, useRunTable } from "./values";

/** Bars shown at most; beyond it the panel says so. */
const SHOWN = 60;

interface Bar {
  id: string;
  name: string;
  hue: number;
  spread: Spread;
}

export default function BarPanel({ place, spec, look, drawn, widthPx, full }: PanelProps) {
  const box = useRef<HTMLElement>(null);
  const near = useNear(box) || full === true;
  const first = useFirstKeys(place);
  const key = textOption(spec.options.key) || first.summary || "runtime_s";
  const chosen = listOption(spec.options.group);
  const group = chosen.length > 0 ? chosen : look.group;
  const boxes = spec.options.style === "box" && group.length > 0;
  const keys = useMemo(() => [key, ...group], [key, group]);
  const table = useRunTable(place, keys, near).data;
  const hot = useStore(pointerStore, (pointer) => pointer.run);

  const bars = useMemo((): Bar[] => {
    if (!table) return [];
    const values = columnOf(table, key).map(asNumber);
    if (group.length === 0) {
      const at = new Map(table.ids.map((id, i) => [id, i]));
      return drawn.flatMap(({ row, look: { hue } }) => {
        const value = values[at.get(row.id) ?? -1];
        const spread = value === null || value === undefined ? null : spreadOf([value]);
        return spread ? [{ id: row.id, name: row.name, hue, spread }] : [];
      });
    }
    const columns = group.map((one) => columnOf(table, one));
    const members = new Map<string, number[]>();
    table.ids.forEach((_, i) => {
      const name = columns.map((column, k) => `${bareKey(group[k]!)} ${valueText(column[i] ?? null)}`).join(" · ");
      const value = values[i];
      if (value !== null && value !== undefined) members.set(name, [...(members.get(name) ?? []), value]);
    });
    return [...members].flatMap(([name, of], i) => {
      const spread = spreadOf(of);
      return spread ? [{ id: `group:${name}`, name, hue: (i % 20) + 1, spread }] : [];
    });
  }, [table, key, group, drawn]);
  const sorted = useMemo(() => [...bars].sort((a, b) => b.spread.mean - a.spread.mean), [bars]);
  const shown = sorted.slice(0, SHOWN);
  const scale = useMemo(
    () => scaleOf([...shown.flatMap(({ spread }) => [spread.min, spread.max]), ...(boxes ? [] : [0])], false),
    [shown, boxes],
  );
  const title = spec.title || bareKey(key);
  const part = (value: number) => Math.min(Math.max(scale.place(value), 0), 1) * 100;
  const zero = boxes ? 0 : part(0);
  const nameLength = Math.max(Math.floor(((full ? 300 : widthPx * 0.34) - 8) / 6.4), 8);
  return (
    <PanelFrame
      box={box}
      spec={{ ...spec, title }}
      widthPx={widthPx}
      full={full}
      light={!near}
      notes={
        <span className={workspace.panelNote}>
          {group.length > 0
            ? t.panelKinds.groupsOf(shown.length, bars.length)
            : t.panelKinds.runsOf(shown.length, drawn.length)}
        </span>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <div className={styles.bars} tabIndex={0} role="group" aria-label={title}>
        <table>
          <tbody>
            {shown.map(({ id, name, hue, spread }) => (
              <tr
                key={id}
                data-hot={hot === id}
                onMouseEnter={() => pointAt({ run: id, panel: null })}
                onMouseLeave={() => pointAt({ run: null })}
              >
                <th scope="row" title={name}>
                  {cutMiddle(name, nameLength)}
                </th>
                <td className={styles.barTrack}>
                  <span className={styles.bar} style={{ color: `var(--run-${hue})` }}>
                    {boxes ? (
                      <>
                        <i
                          className={styles.whisker}
                          style={{ left: `${part(spread.min)}%`, right: `${100 - part(spread.max)}%` }}
                        />
                        <i
                          className={styles.boxed}
                          style={{ left: `${part(spread.q1)}%`, right: `${100 - part(spread.q3)}%` }}
                        />
                        <i className={styles.median} style={{ left: `${part(spread.median)}%` }} />
                      </>
                    ) : (
                      <>
                        <i
                          className={styles.solid}
                          style={{
                            left: `${Math.min(zero, part(spread.mean))}%`,
                            right: `${100 - Math.max(zero, part(spread.mean))}%`,
                          }}
                        />
                        {spread.n > 1 && (
                          <i
                            className={styles.whisker}
                            style={{ left: `${part(spread.min)}%`, right: `${100 - part(spread.max)}%` }}
                          />
                        )}
                      </>
                    )}
                  </span>
                </td>
                <td
                  className={styles.figure}
                  title={
                    spread.n > 1 ? t.panelKinds.spread(figure(spread.min), figure(spread.max), spread.n) : undefined
                  }
                >
                  {figure(boxes ? spread.median : spread.mean)}
                  {spread.n > 1 && <small> ±{figure(spread.std, 2)}</small>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        {table && shown.length === 0 && <p className={workspace.plotEmpty}>{t.panelKinds.nothing(bareKey(key))}</p>}
      </div>
    </PanelFrame>
  );
}
