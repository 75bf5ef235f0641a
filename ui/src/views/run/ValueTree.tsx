/** Nested values as a tree of keys: searched, folded, each value on one line. */
import { useState } from "react";
import type { Place } from "../../net/projects";
import { count, exact, figure, plain } from "../../series/format";
import { readMedia } from "../../series/media";
import { byName } from "../../series/names";
import { asNumber, flatten, isLevel, type Json } from "../../series/tagged";
import { t } from "../../texts";
import { Icon } from "../parts/Icon";
import { valueText } from "../parts/valueText";
import { MediaValue } from "./MediaValue";
import styles from "./run.module.css";

type Level = { [key: string]: Json };

/** Keeps what matches, in its place; a level stays when its name or anything in it matches. */
export function search(level: Level, find: string, prefix = ""): Level {
  const wanted = find.trim().toLowerCase();
  if (!wanted) return level;
  const out: Level = {};
  for (const [key, value] of Object.entries(level)) {
    const path = prefix ? `${prefix}.${key}` : key;
    if (path.toLowerCase().includes(wanted)) out[key] = value;
    else if (isLevel(value)) {
      const inner = search(value, find, path);
      if (Object.keys(inner).length > 0) out[key] = inner;
    } else if (valueText(value).toLowerCase().includes(wanted)) out[key] = value;
  }
  return out;
}

/** Rows of one level written at first; a press writes more. */
const ROWS_AT_ONCE = 200;
const INDENT_PX = 16;

export function ValueTree({
  place,
  run,
  values,
  typed,
  open,
}: {
  place: Place;
  run: string;
  values: Level;
  /** Values that somebody typed, shown exactly and in their script's type; measured ones get fixed digits. */
  typed?: boolean;
  /** Everything unfolded, because a search found it. */
  open?: boolean;
}) {
  const [folded, setFolded] = useState<string[]>([]);
  const toggle = (path: string) =>
    setFolded(folded.includes(path) ? folded.filter((one) => one !== path) : [...folded, path]);
  const shared = { place, run, typed, folded: open ? [] : folded, onToggle: toggle };
  return <Rows level={values} path="" depth={0} {...shared} />;
}

interface Shared {
  place: Place;
  run: string;
  typed?: boolean;
  folded: string[];
  onToggle: (path: string) => void;
}

/** What a summary holds of a metric whose rule asks for its least, greatest, mean… */
const AGGREGATES = new Set(["min", "max", "mean", "best", "last", "first"]);

/** Writes `{loss: {min: 1}}` as `loss min`: it is one figure of a metric, no level. */
function aggregates(level: Level): [string, Json][] {
  return Object.entries(level).flatMap(([key, value]): [string, Json][] =>
    isLevel(value) && Object.keys(value).every((name) => AGGREGATES.has(name))
      ? Object.entries(value).map(([name, figure]) => [`${key} ${name}`, figure])
      : [[key, value]],
  );
}

function Rows({ level, path, depth, ...shared }: Shared & { level: Level; path: string; depth: number }) {
  const [shown, setShown] = useState(ROWS_AT_ONCE);
  // Values first, then levels: a key must not seem to belong to the level above it.
  const entries = (shared.typed ? Object.entries(level) : aggregates(level)).sort(
    ([a, first], [b, second]) => Number(isLevel(first)) - Number(isLevel(second)) || byName(a, b),
  );
  const indent = { paddingLeft: 8 + depth * INDENT_PX };
  return (
    <>
      {entries.slice(0, shown).map(([key, value]) => {
        const full = path ? `${path}.${key}` : key;
        if (!isLevel(value)) {
          return <Pair key={key} name={key} path={full} value={value} indent={indent} {...shared} />;
        }
        const closed = shared.folded.includes(full);
        return (
          <div key={key}>
            <button
              type="button"
              className={styles.fold}
              style={indent}
              aria-expanded={!closed}
              onClick={() => shared.onToggle(full)}
            >
              <Icon name={closed ? "chevronRight" : "chevronDown"} size={14} />
              {key} <small>{count(flatten(value).length)}</small>
            </button>
            {!closed && <Rows level={value} path={full} depth={depth + 1} {...shared} />}
          </div>
        );
      })}
      {entries.length > shown && (
        <button type="button" className={styles.fold} style={indent} onClick={() => setShown(shown + ROWS_AT_ONCE)}>
          {t.panels.showMore(Math.min(ROWS_AT_ONCE, entries.length - shown))}
          <small>{t.run.keysOf(shown, entries.length)}</small>
        </button>
      )}
    </>
  );
}

function Pair({
  name,
  path,
  value,
  indent,
  place,
  run,
  typed,
}: Shared & { name: string; path: string; value: Json; indent: React.CSSProperties }) {
  const number = asNumber(value);
  const media = readMedia(value);
  const text =
    number !== null && typeof value === "number" ? (typed ? exact(number) : figure(number)) : media ? "" : plain(value);
  return (
    <div className={styles.pair} style={indent}>
      <span className={styles.pairKey} title={path}>
        {name}
      </span>
      <span
        className={styles.pairValue}
        data-mono={typed && !media}
        data-bad={number !== null && !Number.isFinite(number)}
        title={media ? undefined : plain(value)}
      >
        {media ? <MediaValue place={place} run={run} media={media} /> : text}
      </span>
    </div>
  );
}
