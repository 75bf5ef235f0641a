/** The run list in groups: each group is a line of the charts, drawn or not as one; its runs unfold below it. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { fetchRuns, type Place, placeKey } from "../../net/projects";
import { cutMiddle } from "../../series/names";
import { drawnRuns, toggleDrawn } from "../../state/drawn";
import { pointAt } from "../../state/pointer";
import type { Look } from "../../state/slots";
import { bareKey } from "../../state/sort";
import { changeView, viewStore } from "../../state/view";
import { t } from "../../texts";
import { runAt } from "../addresses";
import { Icon } from "../parts/Icon";
import { StateNote, Swatch } from "../parts/RunMarks";
import { chooseColour } from "./colourChoice";
import type { DrawnGroups, ListedGroup } from "./groups";
import styles from "./list.module.css";

/** Runs shown of an unfolded group; the table has all of them. */
const SHOWN = 50;

export default function GroupedRuns({
  place,
  groups,
  pointed,
  width,
}: {
  place: Place;
  groups: DrawnGroups;
  pointed: string | null;
  width: number;
}) {
  const looks = new Map(groups.drawn.map(({ row, look }) => [row.id, look]));
  const ids = groups.listed.map(({ id }) => id);
  const outer = groups.keys.length > 1 ? [...new Set(groups.listed.map(({ values }) => values[0]!))] : null;
  const item = (group: ListedGroup) => (
    <GroupItem
      key={group.id}
      place={place}
      group={group}
      name={outer ? group.name.slice(group.name.indexOf(" · ") + 3) : group.name}
      look={looks.get(group.id)}
      hot={pointed === group.id}
      width={width}
      inset={outer !== null}
      onToggle={() => changeView(toggleDrawn(group.id, ids, viewStore.getState()))}
    />
  );
  return (
    <div className={styles.rows} onMouseLeave={() => pointAt({ run: null })}>
      <ul className={styles.groups} aria-label={t.list.groups}>
        {outer === null
          ? groups.listed.map(item)
          : outer.map((value) => {
              const within = groups.listed.filter(({ values }) => values[0] === value);
              const title = `${bareKey(groups.keys[0]!)} ${value}`;
              const drawn = within.filter(({ id }) => looks.has(id)).length;
              return (
                <li key={value}>
                  <div className={styles.groupRow}>
                    <button
                      type="button"
                      className={styles.eye}
                      aria-pressed={drawn > 0}
                      aria-label={drawn > 0 ? t.list.eyeOn(title) : t.list.eyeOff(title)}
                      onClick={() => toggleAll(within, ids, drawn > 0)}
                    >
                      <Icon name={drawn > 0 ? "eye" : "eyeClosed"} size={14} />
                    </button>
                    <strong>{title}</strong>
                    <span className={styles.groupCount}>{t.list.groupsDrawn(drawn, within.length)}</span>
                  </div>
                  <ul>{within.map(item)}</ul>
                </li>
              );
            })}
      </ul>
      {groups.total > groups.listed.length && (
        <p className={styles.groupNote}>{t.list.groupsListed(groups.listed.length, groups.total)}</p>
      )}
    </div>
  );
}

/** Draws all groups within one, or none of them. */
function toggleAll(within: ListedGroup[], ids: string[], off: boolean): void {
  for (const { id } of within) {
    const now = viewStore.getState();
    if (drawnRuns(ids, now).includes(id) === off) changeView(toggleDrawn(id, ids, now));
  }
}

function GroupItem({
  place,
  group,
  name,
  look,
  hot,
  width,
  inset,
  onToggle,
}: {
  place: Place;
  group: ListedGroup;
  name: string;
  look: Look | undefined;
  hot: boolean;
  width: number;
  inset: boolean;
  onToggle: () => void;
}) {
  const [open, setOpen] = useState(false);
  const room = Math.floor((width - 150 - (inset ? 16 : 0)) / 6.6);
  return (
    <li>
      <div
        className={styles.groupRow}
        data-hot={hot}
        data-off={!look}
        data-inset={inset}
        data-group={group.id}
        onMouseEnter={() => pointAt({ run: group.id, panel: null })}
      >
        <button
          type="button"
          className={styles.eye}
          aria-pressed={look !== undefined}
          aria-label={look ? t.list.eyeOn(group.name) : t.list.eyeOff(group.name)}
          onClick={onToggle}
        >
          <Icon name={look ? "eye" : "eyeClosed"} size={14} />
        </button>
        <button
          type="button"
          className={styles.rowSwatch}
          aria-label={t.colours.choose(group.name)}
          onClick={({ currentTarget: anchor }) => chooseColour({ id: group.id, name: group.name, anchor })}
        >
          <Swatch look={look} />
        </button>
        <button type="button" className={styles.groupName} aria-expanded={open} onClick={() => setOpen(!open)}>
          <Icon name={open ? "chevronDown" : "chevronRight"} size={12} />
          <span title={group.name}>{cutMiddle(name, Math.max(room, 12), 10)}</span>
        </button>
        <span className={styles.groupCount}>{t.runsCount(group.count)}</span>
      </div>
      {open && <Members place={place} group={group} width={width} />}
    </li>
  );
}

function Members({ place, group, width }: { place: Place; group: ListedGroup; width: number }) {
  const ids = group.runs.slice(0, SHOWN);
  const answer = useQuery({
    queryKey: [...placeKey(place), "runs", "members", ids],
    queryFn: ({ signal }) => fetchRuns(place, { ids, limit: SHOWN }, signal),
  });
  const room = Math.floor((width - 130) / 6.6);
  return (
    <ul>
      {answer.data?.runs.map((row) => (
        <li key={row.id} className={styles.member}>
          <Link className={styles.rowName} href={runAt(place, row.id)} title={row.name}>
            {cutMiddle(row.name, Math.max(room, 12))}
          </Link>
          <span className={styles.rowNote}>
            <StateNote state={row.state} brief={width < 320} />
          </span>
        </li>
      ))}
      {group.count > ids.length && <li className={styles.groupNote}>{t.list.membersOf(ids.length, group.count)}</li>}
    </ul>
  );
}
