/** Chooses columns: search, tick, or go back to what differs. */
import { useState } from "react";
import { changeView } from "../../state/view";
import { t } from "../../texts";
import { Button, Checkbox, SearchInput } from "../parts/Controls";
import { Icon } from "../parts/Icon";
import { Popover } from "../parts/Menus";
import parts from "../parts/parts.module.css";
import type { Group, TableColumn } from "./columns";

const GROUPS: Group[] = ["run", "summary", "config"];
/** Columns listed at once in a group; the search finds the others. */
const LISTED = 80;

export function ColumnPicker({ all, shown }: { all: TableColumn[]; shown: TableColumn[] }) {
  const [find, setFind] = useState("");
  const chosen = new Set(shown.map((column) => column.key));
  const [shownCount, ofAll] = t.table.columnsOf(shown.length, all.length);
  const toggle = (key: string) => {
    const next = chosen.has(key) ? [...chosen].filter((one) => one !== key) : [...chosen, key];
    changeView({ columns: next });
  };
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
      <SearchInput label={t.table.columnsFind} value={find} onChange={(event) => setFind(event.target.value)} />
      {GROUPS.map((group) => {
        const matching = all.filter(
          (column) => column.group === group && column.label.toLowerCase().includes(find.toLowerCase()),
        );
        if (matching.length === 0) return null;
        return (
          <div key={group}>
            <div className={parts.menuTitle}>
              {t.table.groups[group]}
              {matching.length > LISTED && ` · ${t.list.keysShown(LISTED, matching.length)}`}
            </div>
            {matching.slice(0, LISTED).map((column) => (
              <div key={column.key} className={parts.item}>
                <Checkbox checked={chosen.has(column.key)} label={column.label} onChange={() => toggle(column.key)} />
                <button
                  type="button"
                  tabIndex={-1}
                  style={{ flex: 1, textAlign: "left", overflow: "hidden", textOverflow: "ellipsis" }}
                  onClick={() => toggle(column.key)}
                >
                  {column.label}
                </button>
              </div>
            ))}
          </div>
        );
      })}
      <div className={parts.rule} />
      <button type="button" className={parts.item} onClick={() => changeView({ columns: null })}>
        {t.table.columnsReset}
      </button>
    </Popover>
  );
}
