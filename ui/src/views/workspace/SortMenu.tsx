/** Chooses what runs are sorted by: facts of the run, metrics, config keys; with a search, since there may be hundreds. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { columnsQuery, type Place } from "../../net/projects";
import { byName } from "../../series/names";
import { bareKey, nextSort, readSort } from "../../state/sort";
import { changeView } from "../../state/view";
import { t } from "../../texts";
import { Button, SearchInput } from "../parts/Controls";
import { useView } from "../parts/hooks";
import { Icon } from "../parts/Icon";
import { Popover } from "../parts/Menus";
import parts from "../parts/parts.module.css";

const RUN_KEYS = ["created_at", "name", "state", "runtime_s", "last_step"];
const LISTED = 60;

export function sortLabel(key: string): string {
  return t.list.sortLabels[key] ?? bareKey(key);
}

export function SortMenu({ place }: { place: Place }) {
  const sort = useView((view) => view.sort);
  const [find, setFind] = useState("");
  const [open, setOpen] = useState(false);
  const columns = useQuery({ ...columnsQuery(place), enabled: open }).data ?? [];
  const [now] = readSort(sort);
  const matches = (key: string) => key.toLowerCase().includes(find.toLowerCase());
  const keyed = columns
    .map((column) => column.key)
    .filter((key) => (key.startsWith("summary.") || key.startsWith("config.")) && matches(key))
    .sort((a, b) => byName(bareKey(a), bareKey(b)));
  const groups: [string, string[]][] = [
    [t.list.sortSummary, keyed.filter((key) => key.startsWith("summary.") && !key.startsWith("summary._"))],
    [t.list.sortRun, RUN_KEYS.filter((key) => matches(sortLabel(key)))],
    [t.list.sortConfig, keyed.filter((key) => key.startsWith("config."))],
  ];
  const item = (key: string) => (
    <button
      key={key}
      type="button"
      className={parts.item}
      aria-pressed={now?.key === key}
      onClick={() => changeView({ sort: nextSort(sort, key, key === "name" || key === "state" ? "up" : "down") })}
    >
      <span className={parts.itemMark}>
        {now?.key === key && <Icon name={now.descending ? "sortDown" : "sortUp"} size={14} />}
      </span>
      {sortLabel(key)}
      {now?.key === key && <span className={parts.tail}>{now.descending ? t.list.descending : t.list.ascending}</span>}
    </button>
  );
  return (
    <Popover
      label={t.list.sort}
      width={280}
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button look="quiet">
          {t.list.sort} <strong title={now && sortLabel(now.key)}>{now ? sortLabel(now.key) : ""}</strong>
          <Icon name={now?.descending ? "sortDown" : "sortUp"} size={12} />
        </Button>
      }
    >
      <SearchInput label={t.list.findKey} value={find} onChange={(event) => setFind(event.target.value)} />
      {groups.map(
        ([label, keys]) =>
          keys.length > 0 && (
            <div key={label}>
              <div className={parts.menuTitle}>
                {label}
                {keys.length > LISTED && ` · ${t.list.keysShown(LISTED, keys.length)}`}
              </div>
              {keys.slice(0, LISTED).map(item)}
            </div>
          ),
      )}
    </Popover>
  );
}
