/** Keys, operators and known values for the place where the caret stands. */
import { useQuery } from "@tanstack/react-query";
import { type RefObject, useEffect, useMemo, useRef, useState } from "react";
import { columnsQuery, groupsQuery, type Place } from "../../net/projects";
import { type Column, STATES } from "../../net/shapes";
import { type Completion, completionAt } from "../../series/filterComplete";
import { writeKey, writeText } from "../../series/filterWords";
import { count, exact } from "../../series/format";
import { fuzzy } from "../../series/fuzzy";
import { byName } from "../../series/names";
import { t } from "../../texts";
import styles from "./query.module.css";

export const RUN_KEYS = [
  "state",
  "name",
  "tags",
  "user",
  "created_at",
  "runtime_s",
  "last_step",
  "group",
  "job_type",
  "notes",
  "host",
  "sweep",
  "finished_at",
  "heartbeat_at",
  "id",
];
const TIMES = new Set(["created_at", "finished_at", "heartbeat_at"]);
const AGES = ["-1h", "-24h", "-7d", "-30d"];
const LISTED = 12;
/** Values asked for; the most frequent of more aren't known without reading all. */
const VALUES_ASKED = 60;

export interface Offer {
  /** What is written. */
  text: string;
  label: string;
  /** What is said of it at its right. */
  note?: string;
}

/** Asks for the values that a key has, with how many runs have each. */
export function useValues(place: Place, key: string | undefined): Offer[] {
  const isKnown = key !== undefined && (key === "state" || TIMES.has(key));
  const asked = useQuery({
    ...groupsQuery(place, { sort: "-created_at", limit: VALUES_ASKED }, key ?? ""),
    enabled: key !== undefined && !isKnown && key !== "name" && key !== "notes" && key !== "id",
    staleTime: 60_000,
  }).data;
  return useMemo(() => {
    if (key === "state")
      return STATES.map((state) => ({ text: writeText(state), label: state, note: t.states[state] }));
    if (key !== undefined && TIMES.has(key)) return AGES.map((age) => ({ text: age, label: age }));
    const counts = new Map<string, { offer: Offer; runs: number }>();
    for (const group of asked?.groups ?? []) {
      const value = group.key[key ?? ""];
      // Tags come as lists: each of them is a value.
      for (const one of Array.isArray(value) ? value : [value]) {
        const text =
          typeof one === "string" && one !== ""
            ? writeText(one)
            : typeof one === "number" || typeof one === "boolean"
              ? String(one)
              : null;
        if (text === null || text.length > 200) continue;
        const before = counts.get(text);
        const label = typeof one === "number" ? exact(one) : String(one);
        counts.set(text, { offer: { text, label }, runs: (before?.runs ?? 0) + group.count });
      }
    }
    return [...counts.values()]
      .sort((a, b) => b.runs - a.runs)
      .map(({ offer, runs }) => ({ ...offer, note: count(runs) }));
  }, [key, asked]);
}

function operatorsFor(column: Column | undefined, key: string | undefined): string[] {
  if (key === "tags") return ["~"];
  const texts = column ? (column.types.string ?? 0) > 0 : !/^(runtime_s|last_step)$|_at$/.test(key ?? "");
  return texts ? ["=", "!=", "in [", "not in [", "~", "!~"] : ["<", "<=", ">", ">=", "=", "!=", "in ["];
}

function offersOf(at: Completion, columns: Column[], values: Offer[]): Offer[] {
  if (at.expects === "join") return ["and", "or"].map((word) => ({ text: `${word} `, label: word }));
  if (at.expects === "operator") {
    const column = columns.find(({ key }) => key === at.key);
    return operatorsFor(column, at.key).map((text) => ({
      text: `${text}${text.endsWith("[") ? "" : " "}`,
      label: text,
    }));
  }
  if (at.expects === "value") return values.map((one) => ({ ...one, text: at.inList ? one.text : `${one.text} ` }));
  const keys = columns
    .map(({ key }) => key)
    .filter((key) => /^(config|summary)\./.test(key) && !key.startsWith("summary._"))
    .sort(byName);
  return [...RUN_KEYS, ...keys].flatMap((key) => {
    const written = writeKey(key);
    return written === null ? [] : [{ text: `${written} `, label: key }];
  });
}

export function QueryCompletions({
  place,
  expression,
  caret,
  listId,
  field,
  keys,
  onPut,
}: {
  place: Place;
  expression: string;
  caret: number;
  listId: string;
  /** The line, which says which of the offers is chosen. */
  field: RefObject<HTMLInputElement | null>;
  /** Takes keys of the line; says whether it was one of the list's. */
  keys: RefObject<((event: React.KeyboardEvent) => boolean) | null>;
  onPut: (expression: string, caret: number) => void;
}) {
  const at = useMemo(() => completionAt(expression, caret), [expression, caret]);
  const columns = useQuery(columnsQuery(place)).data ?? [];
  const values = useValues(place, at?.expects === "value" ? at.key : undefined);
  const offers = useMemo(() => {
    if (!at) return [];
    const found = fuzzy(at.begun, offersOf(at, columns, values), (offer) => offer.label);
    // What is written already needs no offer.
    return found.length === 1 && found[0]!.label === at.begun ? [] : found;
  }, [at, columns, values]);
  const [chosen, setChosen] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another place offers other things.
  useEffect(() => setChosen(0), [expression, caret]);
  const take = (offer: Offer) => {
    if (!at) return;
    const behind = expression.slice(at.to).replace(/^\s+/, offer.text.endsWith(" ") ? "" : " ");
    const before = expression.slice(0, at.from) + offer.text;
    onPut(before + behind, before.length);
  };
  const shown = offers.slice(0, LISTED);
  useEffect(() => {
    keys.current = (event) => {
      if (shown.length === 0) return false;
      const step = event.key === "ArrowDown" ? 1 : event.key === "ArrowUp" ? -1 : 0;
      if (step) setChosen((now) => (now + step + shown.length) % shown.length);
      else if (event.key === "Tab" && !event.shiftKey) take(shown[chosen]!);
      // Enter writes an offer only while a word is begun, so that a finished line may be left with it.
      else if (event.key === "Enter" && at?.begun) take(shown[chosen]!);
      else return false;
      event.preventDefault();
      return true;
    };
    return () => {
      keys.current = null;
    };
  });
  const isShown = shown.length > 0;
  useEffect(() => {
    const line = field.current;
    if (isShown) line?.setAttribute("aria-activedescendant", `${listId}-${chosen}`);
    return () => line?.removeAttribute("aria-activedescendant");
  }, [field, listId, isShown, chosen]);
  if (!isShown) return null;
  return (
    <div ref={list} id={listId} className={styles.offers} role="listbox" aria-label={t.filter.suggestions}>
      {shown.map((offer, i) => (
        <div
          key={offer.text}
          id={`${listId}-${i}`}
          role="option"
          aria-selected={i === chosen}
          tabIndex={-1}
          className={styles.offer}
          // Before the line loses the focus, which would close the list.
          onPointerDown={(event) => {
            event.preventDefault();
            take(offer);
          }}
        >
          <span>{offer.label}</span>
          {offer.note && <small>{offer.note}</small>}
        </div>
      ))}
      {offers.length > LISTED && <div className={styles.offersMore}>{t.list.keysShown(LISTED, offers.length)}</div>}
    </div>
  );
}
