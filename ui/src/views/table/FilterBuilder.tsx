/** The filter as rows of key, condition and value, in groups of "and" and "or": another face of the query line. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { columnsQuery, type Place } from "../../net/projects";
import { tryFilter, writeFilter } from "../../series/filter";
import {
  type FilterRow,
  filterOf,
  ROW_OPERATORS,
  type RowGroup,
  type RowOperator,
  rowsOf,
} from "../../series/filterRows";
import { readKey, writeKey } from "../../series/filterWords";
import { byName } from "../../series/names";
import { changeView } from "../../state/view";
import { t } from "../../texts";
import { Button, IconButton } from "../parts/Controls";
import { useView } from "../parts/hooks";
import { Icon } from "../parts/Icon";
import { RUN_KEYS, useValues } from "../workspace/QueryCompletions";
import styles from "./builder.module.css";

const NEW_ROW: FilterRow = { kind: "row", key: "", operator: "=", value: "" };
const TEXT_KEYS = new Set(["state", "name", "tags", "user", "group", "job_type", "notes", "host", "sweep", "id"]);

export function FilterBuilder({ place }: { place: Place }) {
  const expression = useView((view) => view.filter);
  const columns = useQuery(columnsQuery(place)).data ?? [];
  const [rows, setRows] = useState<RowGroup>(() => begun(expression));
  // What the rows said last: another expression comes from the line, and the rows begin again from it.
  const said = useRef(expression);
  useEffect(() => {
    if (said.current === expression) return;
    said.current = expression;
    setRows(begun(expression));
  }, [expression]);
  const keys = useMemo(
    () => [
      ...RUN_KEYS,
      ...columns
        .map((column) => column.key)
        .filter((key) => /^(config|summary)\./.test(key) && !key.startsWith("summary._"))
        .sort(byName),
    ],
    [columns],
  );
  const isText = (written: string) => {
    const key = readKey(written);
    if (TEXT_KEYS.has(key)) return true;
    const types = columns.find((column) => column.key === key)?.types;
    return types !== undefined && Object.keys(types).length === 1 && types.string !== undefined;
  };
  const change = (next: RowGroup) => {
    setRows(next);
    const filter = writeFilter(filterOf(next, isText));
    said.current = filter;
    changeView({ filter });
  };
  const { trouble } = tryFilter(expression);
  return (
    <div className={styles.builder}>
      {trouble && (
        <p className={styles.note} role="alert">
          {t.filter.unreadable}
        </p>
      )}
      <Group place={place} group={rows} keys={keys} depth={0} onChange={change} />
      <datalist id="filter-keys">
        {keys.map((key) => (
          <option key={key} value={key} />
        ))}
      </datalist>
      <div className={styles.foot}>
        <code className={styles.said}>{writeFilter(filterOf(rows, isText))}</code>
        {rows.rows.length > 0 && (
          <Button look="quiet" onClick={() => change({ kind: "group", join: "and", rows: [NEW_ROW] })}>
            {t.filter.clear}
          </Button>
        )}
      </div>
    </div>
  );
}

/** The rows of an expression, or one to begin with. */
function begun(expression: string): RowGroup {
  const rows = rowsOf(tryFilter(expression).filter);
  return rows.rows.length > 0 ? rows : { ...rows, rows: [NEW_ROW] };
}

const DEEPEST = 3;

function Group({
  place,
  group,
  keys,
  depth,
  onChange,
  onRemove,
}: {
  place: Place;
  group: RowGroup;
  keys: string[];
  depth: number;
  onChange: (group: RowGroup) => void;
  onRemove?: () => void;
}) {
  const put = (at: number, row: FilterRow) =>
    onChange({ ...group, rows: group.rows.map((one, i) => (i === at ? row : one)) });
  const drop = (at: number) => onChange({ ...group, rows: group.rows.filter((_, i) => i !== at) });
  const add = (row: FilterRow) => onChange({ ...group, rows: [...group.rows, row] });
  return (
    <div className={styles.group} data-inner={depth > 0}>
      {group.rows.map((row, at) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a row is its place.
        <div key={at} className={styles.line}>
          {at === 0 ? (
            <span className={styles.join}>{t.filter.where}</span>
          ) : at === 1 ? (
            <select
              className={styles.join}
              aria-label={t.filter.join}
              value={group.join}
              onChange={(event) => onChange({ ...group, join: event.target.value === "or" ? "or" : "and" })}
            >
              <option value="and">{t.filter.and}</option>
              <option value="or">{t.filter.or}</option>
            </select>
          ) : (
            <span className={styles.join}>{t.filter[group.join]}</span>
          )}
          {row.kind === "group" ? (
            <Group
              place={place}
              group={row}
              keys={keys}
              depth={depth + 1}
              onChange={(next) => put(at, next)}
              onRemove={() => drop(at)}
            />
          ) : row.kind === "raw" ? (
            <Raw text={row.text} onChange={(text) => put(at, { ...row, text })} />
          ) : (
            <Condition place={place} row={row} keys={keys} onChange={(next) => put(at, next)} />
          )}
          {row.kind !== "group" && (
            <IconButton icon="close" label={t.filter.removeCondition} onClick={() => drop(at)} />
          )}
        </div>
      ))}
      <div className={styles.acts}>
        <Button look="quiet" onClick={() => add(NEW_ROW)}>
          <Icon name="plus" size={14} />
          {t.filter.addCondition}
        </Button>
        {depth < DEEPEST && (
          <Button
            look="quiet"
            onClick={() => add({ kind: "group", join: group.join === "and" ? "or" : "and", rows: [NEW_ROW] })}
          >
            <Icon name="plus" size={14} />
            {t.filter.addGroup}
          </Button>
        )}
        {onRemove && <IconButton icon="close" label={t.filter.removeCondition} onClick={onRemove} />}
      </div>
    </div>
  );
}

/** A part of the expression that no row shows, as it is written. */
function Raw({ text, onChange }: { text: string; onChange: (text: string) => void }) {
  return (
    <input
      className={styles.raw}
      aria-label={t.filter.expression}
      aria-invalid={tryFilter(text).trouble !== null}
      spellCheck={false}
      value={text}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

function Condition({
  place,
  row,
  keys,
  onChange,
}: {
  place: Place;
  row: Extract<FilterRow, { kind: "row" }>;
  keys: string[];
  onChange: (row: FilterRow) => void;
}) {
  const key = readKey(row.key);
  const values = useValues(place, keys.includes(key) ? key : undefined);
  const list = `filter-values-${key}`;
  const isValued = row.operator !== "exists" && row.operator !== "not exists";
  const isMany = row.operator === "in" || row.operator === "not in";
  return (
    <>
      <input
        className={styles.key}
        aria-label={t.filter.key}
        placeholder={t.filter.key}
        list="filter-keys"
        spellCheck={false}
        autoComplete="off"
        value={key}
        onChange={(event) => onChange({ ...row, key: writeKey(event.target.value) ?? event.target.value })}
      />
      <select
        className={styles.operator}
        aria-label={t.filter.operator}
        value={row.operator}
        onChange={(event) => onChange({ ...row, operator: event.target.value as RowOperator })}
      >
        {ROW_OPERATORS.map((operator) => (
          <option key={operator} value={operator}>
            {t.filter.operators[operator]}
          </option>
        ))}
      </select>
      {isValued ? (
        <>
          <input
            className={styles.value}
            aria-label={isMany ? t.filter.values : t.filter.value}
            placeholder={isMany ? t.filter.values : t.filter.value}
            list={isMany ? undefined : list}
            spellCheck={false}
            autoComplete="off"
            value={row.value}
            onChange={(event) => onChange({ ...row, value: event.target.value })}
          />
          <datalist id={list}>
            {values.slice(0, 40).map((value) => (
              <option key={value.text} value={value.label} />
            ))}
          </datalist>
        </>
      ) : (
        <span className={styles.value} data-none="true" />
      )}
    </>
  );
}
