/** The keys that runs are sorted by, in their order, and those that they could be. */
import { useQuery } from "@tanstack/react-query";
import { columnsQuery, type Place } from "../../net/projects";
import { byName } from "../../series/names";
import { addSort, bareKey, nextSort, readSort, type SortKey, writeSort } from "../../state/sort";
import { changeView, DEFAULT_VIEW } from "../../state/view";
import { t } from "../../texts";
import { IconButton } from "../parts/Controls";
import { useView } from "../parts/hooks";
import { Icon } from "../parts/Icon";
import KeyList from "../parts/KeyList";
import parts from "../parts/parts.module.css";
import styles from "./query.module.css";
import { sortLabel } from "./SortMenu";

const RUN_KEYS = ["created_at", "name", "state", "runtime_s", "last_step"];

const firstWay = (key: string) => (key === "name" || key === "state" ? "up" : "down");

export default function SortKeys({ place }: { place: Place }) {
  const sort = useView((view) => view.sort);
  const sorts = readSort(sort);
  const columns = useQuery(columnsQuery(place)).data ?? [];
  const keysOf = (room: string) =>
    columns
      .map((column) => column.key)
      .filter((key) => key.startsWith(room) && !key.startsWith("summary._"))
      .sort((a, b) => byName(bareKey(a), bareKey(b)));
  const isDown = (key: string) => sorts.find((one) => one.key === key)?.descending;
  return (
    <>
      {sorts.length > 1 && <SortSeveral sorts={sorts} />}
      <KeyList
        label={t.list.findKey}
        list={t.list.sort}
        name={sortLabel}
        groups={[
          { title: t.list.sortSummary, keys: keysOf("summary.") },
          { title: t.list.sortRun, keys: RUN_KEYS },
          { title: t.list.sortConfig, keys: keysOf("config.") },
        ]}
        chosen={sorts.map(({ key }) => key)}
        several
        onChoose={(key) => changeView({ sort: nextSort(sort, key, firstWay(key)) })}
        onAdd={(key) => changeView({ sort: addSort(sort, key, firstWay(key)) })}
        mark={(key) => <Icon name={isDown(key) ? "sortDown" : "sortUp"} size={14} />}
        tail={(key) => (isDown(key) ? t.list.descending : t.list.ascending)}
      />
    </>
  );
}

/** Several sort keys, each of which may be turned round, moved up or dropped. */
function SortSeveral({ sorts }: { sorts: SortKey[] }) {
  const put = (next: SortKey[]) => changeView({ sort: writeSort(next) || DEFAULT_VIEW.sort });
  return (
    <>
      {sorts.map((one, at) => (
        <div key={one.key} className={parts.item}>
          <IconButton
            icon={one.descending ? "sortDown" : "sortUp"}
            label={t.list.turnSort(sortLabel(one.key))}
            onClick={() => put(sorts.map((other) => (other === one ? { ...one, descending: !one.descending } : other)))}
          />
          <span className={parts.itemText}>{sortLabel(one.key)}</span>
          <span className={styles.sortActs}>
            {at > 0 && (
              <IconButton
                icon="chevronUp"
                label={t.table.outer(sortLabel(one.key))}
                onClick={() => put([...sorts.slice(0, at - 1), one, sorts[at - 1]!, ...sorts.slice(at + 1)])}
              />
            )}
            <IconButton
              icon="close"
              label={t.list.dropSort(sortLabel(one.key))}
              onClick={() => put(sorts.filter((other) => other !== one))}
            />
          </span>
        </div>
      ))}
      <div className={parts.rule} />
    </>
  );
}
