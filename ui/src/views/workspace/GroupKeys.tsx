/** The keys that runs are grouped by, outermost first, and those that they could be. */
import { useQuery } from "@tanstack/react-query";
import { columnsQuery, type Place } from "../../net/projects";
import { byName } from "../../series/names";
import { bareKey } from "../../state/sort";
import { changeView } from "../../state/view";
import { t } from "../../texts";
import { IconButton } from "../parts/Controls";
import { useView } from "../parts/hooks";
import KeyList from "../parts/KeyList";
import parts from "../parts/parts.module.css";
import { sortLabel } from "./SortMenu";

const RUN_KEYS = ["state", "user", "tags", "group", "job_type", "sweep", "host"];

export default function GroupKeys({ place }: { place: Place }) {
  const group = useView((view) => view.group);
  const columns = useQuery(columnsQuery(place)).data ?? [];
  const config = columns
    .map((column) => column.key)
    .filter((key) => key.startsWith("config."))
    .sort((a, b) => byName(bareKey(a), bareKey(b)));
  const toggle = (key: string) =>
    changeView({ group: group.includes(key) ? group.filter((one) => one !== key) : [...group, key] });
  const swap = (at: number) => {
    const next = [...group];
    [next[at - 1], next[at]] = [next[at]!, next[at - 1]!];
    changeView({ group: next });
  };
  return (
    <>
      {group.map((key, at) => (
        <div key={key} className={parts.item}>
          <span className={parts.itemText}>{sortLabel(key)}</span>
          <span className={parts.itemActs}>
            {at > 0 && <IconButton icon="chevronUp" label={t.table.outer(sortLabel(key))} onClick={() => swap(at)} />}
            <IconButton icon="close" label={t.table.ungroup(sortLabel(key))} onClick={() => toggle(key)} />
          </span>
        </div>
      ))}
      {group.length > 0 && <div className={parts.rule} />}
      <KeyList
        label={t.list.findKey}
        list={t.table.group}
        name={sortLabel}
        groups={[
          { title: t.list.sortConfig, keys: config },
          { title: t.list.sortRun, keys: RUN_KEYS },
        ]}
        chosen={group}
        several
        onChoose={toggle}
      />
    </>
  );
}
