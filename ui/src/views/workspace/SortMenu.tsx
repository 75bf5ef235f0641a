/** Chooses what runs are sorted by, by one key or several; with a search, since there may be hundreds of keys. */
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { columnsQuery, type Place } from "../../net/projects";
import { byName } from "../../series/names";
import { addSort, bareKey, nextSort, readSort } from "../../state/sort";
import { changeView } from "../../state/view";
import { t } from "../../texts";
import { Button, IconButton, SearchInput } from "../parts/Controls";
import { useView } from "../parts/hooks";
import { Icon } from "../parts/Icon";
import { Popover } from "../parts/Menus";
import parts from "../parts/parts.module.css";
import styles from "./query.module.css";

const SortSeveral = lazy(() => import("./SortSeveral"));

const RUN_KEYS = ["created_at", "name", "state", "runtime_s", "last_step"];
const LISTED = 60;

export function sortLabel(key: string): string {
  return t.list.sortLabels[key] ?? bareKey(key);
}

const firstWay = (key: string) => (key === "name" || key === "state" ? "up" : "down");

export function SortMenu({ place }: { place: Place }) {
  const sort = useView((view) => view.sort);
  const [find, setFind] = useState("");
  const [open, setOpen] = useState(false);
  const columns = useQuery({ ...columnsQuery(place), enabled: open }).data ?? [];
  const sorts = readSort(sort);
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
  const item = (key: string) => {
    const at = sorts.findIndex((one) => one.key === key);
    const mine = sorts[at];
    return (
      <div key={key} className={styles.sortItem}>
        <button
          type="button"
          className={parts.item}
          aria-pressed={mine !== undefined}
          onClick={() => changeView({ sort: nextSort(sort, key, firstWay(key)) })}
        >
          <span className={parts.itemMark}>
            {mine && <Icon name={mine.descending ? "sortDown" : "sortUp"} size={14} />}
          </span>
          <span className={parts.itemText}>{sortLabel(key)}</span>
          {mine && sorts.length > 1 && <small>{at + 1}</small>}
          {mine && <span className={parts.tail}>{mine.descending ? t.list.descending : t.list.ascending}</span>}
        </button>
        {!mine && (
          <IconButton
            icon="plus"
            label={t.list.thenBy(sortLabel(key))}
            onClick={() => changeView({ sort: addSort(sort, key, firstWay(key)) })}
          />
        )}
      </div>
    );
  };
  return (
    <Popover
      label={t.list.sort}
      width={280}
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button look="quiet">
          {t.list.sort}{" "}
          <strong title={sorts.map((one) => sortLabel(one.key)).join(", ")}>
            {sorts
              .slice(0, 2)
              .map((one) => sortLabel(one.key) + (sorts.length < 2 ? "" : one.descending ? " ↓" : " ↑"))
              .join(", ")}
          </strong>
          {sorts.length > 2 && `+${sorts.length - 2}`}
          {sorts.length < 2 && <Icon name={sorts[0]?.descending ? "sortDown" : "sortUp"} size={12} />}
        </Button>
      }
    >
      {sorts.length > 1 && (
        <Suspense fallback={null}>
          <SortSeveral sorts={sorts} />
        </Suspense>
      )}
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
