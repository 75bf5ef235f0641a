/** One run of the list: whether it is drawn, how its line looks, its name, state and value. */
import { memo } from "react";
import { Link } from "wouter";
import type { Place } from "../../net/projects";
import type { RunRow } from "../../net/shapes";
import { delta as signed } from "../../series/format";
import { cutMiddle } from "../../series/names";
import { pointAt } from "../../state/pointer";
import type { Look } from "../../state/slots";
import { t } from "../../texts";
import { runAt } from "../addresses";
import { Icon } from "../parts/Icon";
import { StateNote, Swatch } from "../parts/RunMarks";
import { chooseColour } from "./colourChoice";
import styles from "./list.module.css";
import { chooseRun } from "./runChoice";

const betterOf = (difference: number, goal: string | undefined) =>
  !goal || difference === 0 ? undefined : difference > 0 === goal.startsWith("max");

/** Width of a character of a row, for cutting names before they meet the value. */
const CHARACTER_PX = 6.7;

export const RunListRow = memo(function RunListRow({
  place,
  row,
  index,
  top,
  look,
  value,
  delta: difference,
  goal,
  mark,
  isTopEnd,
  hot,
  selected,
  focusable,
  width,
  onToggle,
  onOnly,
  onActive,
}: {
  place: Place;
  row: RunRow;
  index: number;
  top: number;
  look: Look | undefined;
  value: string;
  /** How far its value is from the baseline's. */
  delta: number | undefined;
  /** Which way is better. */
  goal: string | undefined;
  mark: "baseline" | "pinned" | undefined;
  /** The last of those that stay on top. */
  isTopEnd: boolean;
  hot: boolean;
  selected: boolean;
  focusable: boolean;
  width: number;
  onToggle: (id: string) => void;
  onOnly: (id: string) => void;
  onActive: (index: number) => void;
}) {
  const brief = width < 320;
  const note = t.stateNotes[row.state];
  const noteWidth = note ? (brief ? 18 : note.length * 6 + 24) : 0;
  const room = Math.floor(
    (width -
      98 -
      (mark ? 56 : 0) -
      (difference === undefined ? 0 : 56) -
      Math.max(value.length * 6.6, 44) -
      noteWidth) /
      CHARACTER_PX,
  );
  const act = (anchor: HTMLElement) => chooseRun({ row, anchor, part: "menu" });
  return (
    <div
      role="row"
      aria-rowindex={index + 1}
      aria-selected={selected}
      tabIndex={focusable ? 0 : -1}
      data-index={index}
      data-run={row.id}
      className={styles.row}
      data-hot={hot}
      data-off={!look}
      data-top-end={isTopEnd || undefined}
      style={{ top }}
      onMouseEnter={() => pointAt({ run: row.id, panel: null })}
      onFocus={() => onActive(index)}
      onContextMenu={(event) => {
        event.preventDefault();
        act(event.currentTarget.querySelector<HTMLElement>("[data-more]")!);
      }}
    >
      <span role="gridcell">
        <button
          type="button"
          className={styles.eye}
          tabIndex={-1}
          aria-pressed={look !== undefined}
          aria-label={look ? t.list.eyeOn(row.name) : t.list.eyeOff(row.name)}
          onClick={(event) => (event.altKey ? onOnly(row.id) : onToggle(row.id))}
        >
          <Icon name={look ? "eye" : "eyeClosed"} size={14} />
        </button>
      </span>
      <span role="gridcell" style={{ display: "inline-flex", alignItems: "center", minWidth: 0, flex: "0 1 auto" }}>
        <button
          type="button"
          className={styles.rowSwatch}
          tabIndex={-1}
          data-swatch
          aria-label={t.colours.choose(row.name)}
          onClick={({ currentTarget: anchor }) => chooseColour({ id: row.id, name: row.name, anchor })}
        >
          <Swatch look={look} />
        </button>
        <Link className={styles.rowName} href={runAt(place, row.id)} tabIndex={-1} title={row.name}>
          {cutMiddle(row.name, Math.max(room, 12))}
        </Link>
        {mark && <small className={styles.rowMark}>{t.list[mark]}</small>}
        <span className={styles.rowNote}>
          <StateNote state={row.state} brief={brief} />
        </span>
      </span>
      <span role="gridcell" className={styles.rowMore}>
        <button
          type="button"
          tabIndex={-1}
          data-more
          aria-haspopup="menu"
          aria-label={t.list.actionsOf(row.name)}
          onClick={({ currentTarget }) => act(currentTarget)}
        >
          <Icon name="more" size={14} />
        </button>
      </span>
      <span role="gridcell" className={styles.rowValue}>
        {value}
      </span>
      {difference !== undefined && !brief && (
        <span role="gridcell" className={styles.rowDelta} data-better={betterOf(difference, goal)}>
          {mark === "baseline" ? "" : signed(difference)}
        </span>
      )}
    </div>
  );
});
