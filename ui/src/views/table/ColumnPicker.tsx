/** Chooses columns: a few letters find them, ticks choose them, and one click goes back to what differs. */
import { useState } from "react";
import { fuzzy } from "../../series/fuzzy";
import { changeView } from "../../state/view";
import { t } from "../../texts";
import { Button, Checkbox, SearchInput } from "../parts/Controls";
import { Icon } from "../parts/Icon";
import { Popover } from "../parts/Menus";
import parts from "../parts/parts.module.css";
import { EVERYTHING, type Group, type TableColumn, withColumn } from "./columns";
import styles from "./table.module.css";

const GROUPS: Group[] = ["run", "summary", "config", "curves"];
/** Columns listed at once in a group; the search finds the others. */
const LISTED = 80;

export function ColumnPicker({ all, shown }: { all: TableColumn[]; shown: TableColumn[] }) {
  const [find, setFind] = useState("");
  const keys = shown.map((column) => column.key);
  const chosen = new Set(keys);
  const [shownCount, ofAll] = t.table.columnsOf(shown.length, all.length);
  const toggle = (key: string) =>
    changeView({ columns: chosen.has(key) ? keys.filter((one) => one !== key) : withColumn(keys, key, all) });
  const found = fuzzy(find, all, (column) => column.label);
  return (
    <Popover
      label={t.table.columns}
      width={300}
      trigger={
        <Button look="quiet">
          {t.table.columns}{" "}
          <span>
            <strong>{shownCount}</strong>
            {ofAll}
          </span>
          <Icon name="chevronDown" size={12} />
        </Button>
      }
    >
      <SearchInput
        label={t.table.columnsFind}
        value={find}
        onChange={(event) => setFind(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === "Enter" && find && found[0]) toggle(found[0].key);
        }}
      />
      {GROUPS.map((group) => {
        const matching = found.filter((column) => column.group === group);
        if (matching.length === 0) return null;
        return (
          <div key={group}>
            <div className={parts.menuTitle}>
              {t.table.groups[group]}
              {matching.length > LISTED && ` · ${t.list.keysShown(LISTED, matching.length)}`}
            </div>
            {matching.slice(0, LISTED).map((column) => (
              <div key={column.key} className={parts.item}>
                <Checkbox
                  checked={chosen.has(column.key)}
                  label={group === "curves" ? t.table.curveTitle(column.label) : column.label}
                  onChange={() => toggle(column.key)}
                />
                <button type="button" tabIndex={-1} className={styles.tagName} onClick={() => toggle(column.key)}>
                  {column.label}
                </button>
              </div>
            ))}
          </div>
        );
      })}
      {found.length === 0 && <p className={parts.menuTitle}>{t.table.columnsNone}</p>}
      <div className={parts.rule} />
      <button type="button" className={parts.item} onClick={() => changeView({ columns: null })}>
        {t.table.columnsReset}
      </button>
      <button type="button" className={parts.item} onClick={() => changeView({ columns: [EVERYTHING] })}>
        {t.table.columnsAll}
      </button>
    </Popover>
  );
}
