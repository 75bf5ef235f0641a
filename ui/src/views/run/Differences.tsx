/** What of a run's config or summary is not as in the baseline. */

import type { Run } from "../../net/shapes";
import { type ComparedKey, comparedKeys, directionOf, isBetter, roomsOf } from "../../series/compared";
import { delta, exact, figure } from "../../series/format";
import { asNumber, type Json } from "../../series/tagged";
import { t } from "../../texts";
import { valueText } from "../parts/valueText";
import styles from "./values.module.css";

export type Room = "config" | "summary";

/** Keys that differ from the baseline's: the baseline's value first, then the run's. */
export const differing = (run: Run, baseline: Run, room: Room): ComparedKey[] =>
  comparedKeys([roomsOf(baseline), roomsOf(run)], room).filter(({ differs }) => differs);

function said(value: Json | null, room: Room): string {
  if (value === null) return t.table.missing;
  const number = asNumber(value);
  if (number === null || typeof value !== "number") return valueText(value);
  return room === "config" ? exact(number) : figure(number);
}

export function Differences({
  keys,
  room,
  goals,
  find,
}: {
  keys: ComparedKey[];
  room: Room;
  goals: Map<string, string>;
  find: string;
}) {
  const wanted = find.trim().toLowerCase();
  const shown = keys.filter(({ key }) => key.toLowerCase().includes(wanted));
  if (shown.length === 0)
    return <p className={styles.none}>{keys.length === 0 ? t.run.nothingDiffers : t.run.noMatch}</p>;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <div className={styles.box} tabIndex={0} role="group" aria-label={t.run.differs}>
      <table className={styles.table}>
        <thead>
          <tr>
            <th scope="col">{t.run.ofConfig.key}</th>
            <th scope="col">{t.run.thisRun}</th>
            <th scope="col">{t.run.baseline}</th>
            {room === "summary" && <th scope="col">{t.run.delta}</th>}
          </tr>
        </thead>
        <tbody>
          {shown.map(({ key, values: [theirs = null, mine = null] }) => (
            <tr key={key}>
              <th scope="row" title={key}>
                {key}
              </th>
              <td data-mono={room === "config"} title={said(mine, room)}>
                {said(mine, room)}
              </td>
              <td data-mono={room === "config"} data-faint="true" title={said(theirs, room)}>
                {said(theirs, room)}
              </td>
              {room === "summary" && <Delta mine={asNumber(mine)} theirs={asNumber(theirs)} name={key} goals={goals} />}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** How far a value is from the baseline's. */
export function Delta({
  mine,
  theirs,
  name,
  goals,
}: {
  mine: number | null;
  theirs: number | null;
  name: string;
  goals: Map<string, string>;
}) {
  if (mine === null || theirs === null) return <td />;
  const better = isBetter(mine - theirs, directionOf(name, goals));
  return (
    <td data-better={better} title={better === undefined ? undefined : t.compare[better ? "better" : "worse"]}>
      {delta(mine - theirs)}
    </td>
  );
}
