/** Several sort keys in their order, each of which may be turned round, moved up or dropped. */
import { type SortKey, writeSort } from "../../state/sort";
import { changeView, DEFAULT_VIEW } from "../../state/view";
import { t } from "../../texts";
import { IconButton } from "../parts/Controls";
import parts from "../parts/parts.module.css";
import styles from "./query.module.css";
import { sortLabel } from "./SortMenu";

export default function SortSeveral({ sorts }: { sorts: SortKey[] }) {
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
