/** Keys by run, in groups; the baseline's column first. */
import { useState } from "react";
import { Link } from "wouter";
import type { Place } from "../../net/projects";
import { type ComparedKey, directionOf, isBetter, type Room } from "../../series/compared";
import { delta, exact, figure } from "../../series/format";
import { cutApart, cutMiddle, partings } from "../../series/names";
import { asNumber, type Json } from "../../series/tagged";
import { changeView, viewStore } from "../../state/view";
import { t } from "../../texts";
import { runAt } from "../addresses";
import { Button, IconButton } from "../parts/Controls";
import { Icon } from "../parts/Icon";
import { State, Swatch } from "../parts/RunMarks";
import { valueText } from "../parts/valueText";
import type { Compared } from "./ComparePage";
import styles from "./compare.module.css";

/** Keys of a group shown until more are asked for. */
const KEYS = 60;

/** Characters that tell a commit from others. */
const COMMIT_CHARACTERS = 10;

/** What was given is said exactly; what was measured, as a figure. */
export function saidOf(room: Room, value: Json | null, key?: string): string {
  if (room === "code" && key === "commit" && typeof value === "string") return value.slice(0, COMMIT_CHARACTERS);
  const number = asNumber(value);
  if (number === null || !Number.isFinite(number)) return valueText(value ?? null);
  if (room === "summary") return figure(number, 5);
  return typeof value === "number" ? exact(number) : valueText(value);
}

export function KeyTable({
  place,
  runs,
  rooms,
  goals,
  all,
  find,
}: {
  place: Place;
  runs: Compared[];
  rooms: { room: Room; keys: ComparedKey[] }[];
  /** Which way metrics are better, as their rules say. */
  goals: Map<string, string>;
  /** Equal ones too. */
  all: boolean;
  find: string;
}) {
  const [folded, setFolded] = useState<Room[]>([]);
  const [whole, setWhole] = useState<Room[]>([]);
  const wanted = find.trim().toLowerCase();
  const groups = rooms.map(({ room, keys }) => ({
    room,
    keys,
    found: keys.filter(({ key, differs }) => (all || differs) && key.toLowerCase().includes(wanted)),
  }));
  const hidden = all ? 0 : rooms.flatMap(({ keys }) => keys).filter(({ differs }) => !differs).length;
  const leaveOut = (id: string) => changeView({ compared: viewStore.getState().compared.filter((one) => one !== id) });
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <div className={styles.keys} tabIndex={0} role="group" aria-label={t.compare.keys}>
      <table>
        <thead>
          <tr>
            <th scope="col">{t.compare.key}</th>
            {runs.map(({ row, look }, i) => (
              <th key={row.id} scope="col">
                <div className={styles.run}>
                  <Swatch look={look} />
                  <Link href={runAt(place, row.id)} title={row.name}>
                    {cutMiddle(row.name, 18, 9)}
                  </Link>
                </div>
                <div className={styles.note}>
                  {runs.length > 2 && (
                    <IconButton icon="close" label={t.compare.remove(row.name)} onClick={() => leaveOut(row.id)} />
                  )}
                  {i === 0 ? t.compare.isBaseline : <State state={row.state} />}
                </div>
              </th>
            ))}
          </tr>
        </thead>
        {groups.map(({ room, keys, found }) => {
          if (keys.length === 0) return null;
          const open = !folded.includes(room);
          const shown = open ? (whole.includes(room) ? found : found.slice(0, KEYS)) : [];
          const parted = partings(shown.map((row) => row.key));
          return (
            <tbody key={room}>
              <tr className={styles.group}>
                <th scope="rowgroup">
                  <button
                    type="button"
                    aria-expanded={open}
                    onClick={() => setFolded(open ? [...folded, room] : folded.filter((one) => one !== room))}
                  >
                    <Icon name={open ? "chevronDown" : "chevronRight"} size={14} />
                    {t.compare.rooms[room]} <small>{t.compare.ofKeys(found.length, keys.length)}</small>
                  </button>
                </th>
                <td colSpan={runs.length} />
              </tr>
              {shown.map((row) => (
                <KeyRow key={row.key} room={room} row={row} parting={parted.get(row.key)} runs={runs} goals={goals} />
              ))}
              {open && found.length > shown.length && (
                <tr>
                  <th scope="row">
                    <Button look="quiet" onClick={() => setWhole([...whole, room])}>
                      {t.compare.more(found.length - shown.length)}
                    </Button>
                  </th>
                  <td colSpan={runs.length} />
                </tr>
              )}
            </tbody>
          );
        })}
      </table>
      <p className={styles.foot}>
        {groups.every(({ found }) => found.length === 0) && wanted !== "" && `${t.compare.nothing} `}
        {hidden > 0 && t.compare.hidden(hidden)}
      </p>
    </div>
  );
}

function KeyRow({
  room,
  row,
  parting,
  runs,
  goals,
}: {
  room: Room;
  row: ComparedKey;
  /** Where its name parts from the most alike of the others. */
  parting: number | undefined;
  runs: Compared[];
  goals: Map<string, string>;
}) {
  const base = asNumber(row.values[0]);
  const direction = room === "summary" ? directionOf(row.key, goals) : 0;
  return (
    <tr>
      <th scope="row" title={row.key}>
        {cutApart(row.key, 26, 10, parting)}
        {direction !== 0 && (
          <span className={styles.direction} title={direction > 0 ? t.compare.higher : t.compare.lower}>
            {direction > 0 ? "↑" : "↓"}
          </span>
        )}
      </th>
      {row.values.map((value, i) => {
        const number = asNumber(value);
        const text = saidOf(room, value, row.key);
        const by = room === "summary" && i > 0 && base !== null && number !== null ? number - base : Number.NaN;
        const apart = delta(by);
        const better = isBetter(by, direction);
        return (
          <td
            key={runs[i]!.row.id}
            data-baseline={i === 0}
            data-equal={row.equal[i]}
            data-mono={room !== "summary"}
            title={typeof value === "string" ? value : text}
          >
            {value === null ? (
              t.table.missing
            ) : (
              <>
                {apart !== "" && !row.equal[i] && (
                  <small
                    data-better={better}
                    title={better === undefined ? undefined : t.compare[better ? "better" : "worse"]}
                  >
                    {apart}
                  </small>
                )}{" "}
                {cutMiddle(text, 22, 8)}
              </>
            )}
          </td>
        );
      })}
    </tr>
  );
}
