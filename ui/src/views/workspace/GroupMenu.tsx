/** Chooses the keys that runs are grouped by, outermost first. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { columnsQuery, type Place } from "../../net/projects";
import { fuzzy } from "../../series/fuzzy";
import { byName } from "../../series/names";
import { bareKey } from "../../state/sort";
import { changeView } from "../../state/view";
import { t } from "../../texts";
import { Button, IconButton, SearchInput } from "../parts/Controls";
import { useView } from "../parts/hooks";
import { Icon } from "../parts/Icon";
import { Popover } from "../parts/Menus";
import parts from "../parts/parts.module.css";
import { sortLabel } from "./SortMenu";

const RUN_KEYS = ["state", "user", "tags", "group", "job_type", "sweep", "host"];
const LISTED = 60;

export function GroupMenu({ place }: { place: Place }) {
  const group = useView((view) => view.group);
  const [find, setFind] = useState("");
  const [open, setOpen] = useState(false);
  const columns = useQuery({ ...columnsQuery(place), enabled: open }).data ?? [];
  const config = columns
    .map((column) => column.key)
    .filter((key) => key.startsWith("config."))
    .sort((a, b) => byName(bareKey(a), bareKey(b)));
  const label = (key: string) => sortLabel(key);
  const groups: [string, string[]][] = [
    [t.list.sortConfig, fuzzy(find, config, label)],
    [t.list.sortRun, fuzzy(find, RUN_KEYS, label)],
  ];
  const toggle = (key: string) =>
    changeView({ group: group.includes(key) ? group.filter((one) => one !== key) : [...group, key] });
  const swap = (at: number) => {
    const next = [...group];
    [next[at - 1], next[at]] = [next[at]!, next[at - 1]!];
    changeView({ group: next });
  };
  return (
    <Popover
      label={t.table.group}
      width={280}
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button look="quiet">
          <span className={group.length > 0 ? parts.wordIfRoom : undefined}>{t.table.group}</span>
          <strong className={group.length > 0 ? undefined : parts.wordIfRoom}>
            {group.length > 0 ? group.map(label).join(", ") : t.table.groupNone}
          </strong>
          <Icon name="chevronDown" size={12} />
        </Button>
      }
    >
      {group.map((key, at) => (
        <div key={key} className={parts.item}>
          <span className={parts.itemText}>{label(key)}</span>
          <span className={parts.itemActs}>
            {at > 0 && <IconButton icon="chevronUp" label={t.table.outer(label(key))} onClick={() => swap(at)} />}
            <IconButton icon="close" label={t.table.ungroup(label(key))} onClick={() => toggle(key)} />
          </span>
        </div>
      ))}
      {group.length > 0 && <div className={parts.rule} />}
      <SearchInput label={t.list.findKey} value={find} onChange={(event) => setFind(event.target.value)} />
      {groups.map(
        ([title, keys]) =>
          keys.length > 0 && (
            <div key={title}>
              <div className={parts.menuTitle}>
                {title}
                {keys.length > LISTED && ` · ${t.list.keysShown(LISTED, keys.length)}`}
              </div>
              {keys.slice(0, LISTED).map((key) => (
                <button
                  key={key}
                  type="button"
                  className={parts.item}
                  aria-pressed={group.includes(key)}
                  onClick={() => toggle(key)}
                >
                  <span className={parts.itemMark}>{group.includes(key) && <Icon name="check" size={14} />}</span>
                  <span className={parts.itemText}>{label(key)}</span>
                </button>
              ))}
            </div>
          ),
      )}
    </Popover>
  );
}
