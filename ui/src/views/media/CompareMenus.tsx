/** Menus of compared tables: what pairs rows, and how a column orders and filters them. */
import type { ComparedColumn, ComparedPage, ComparisonOrder } from "../../net/tableCompare";
import { count, figure } from "../../series/format";
import { toggled } from "../../series/pictures";
import { t } from "../../texts";
import { Button } from "../parts/Controls";
import { Icon } from "../parts/Icon";
import { Menu, MenuItem, MenuRule, MenuTitle } from "../parts/Menus";
import styles from "./tableCompare.module.css";
import tables from "./tables.module.css";

/** Columns that the menu lists for choosing freely. */
const LISTED = 40;

export function KeyMenu({ page, onChange }: { page: ComparedPage; onChange: (keys: string[]) => void }) {
  const { keys, proposals, columns } = page;
  const words = (names: string[]) => (names.length > 0 ? names.join(" + ") : t.tableCompare.rowNumber);
  const isChosen = (names: string[]) => JSON.stringify(names) === JSON.stringify(keys);
  const common = columns.filter((one) => one.in === "both" && one.kind !== "empty").slice(0, LISTED);
  return (
    <Menu
      trigger={
        <Button>
          <span className={styles.muted}>{t.tableCompare.pairedBy}</span>
          {words(keys)}
          <Icon name="chevronDown" size={14} />
        </Button>
      }
    >
      <MenuTitle>{t.tableCompare.proposed}</MenuTitle>
      {proposals.map((one) => (
        <MenuItem
          key={words(one.columns)}
          checked={isChosen(one.columns)}
          tail={t.tableCompare.proposal(one.unique, `${figure(one.shared * 100, 3)}\u2009%`)}
          onSelect={() => onChange(one.columns)}
        >
          {words(one.columns)}
        </MenuItem>
      ))}
      <MenuItem checked={isChosen([])} onSelect={() => onChange([])}>
        {t.tableCompare.rowNumber}
      </MenuItem>
      <MenuRule />
      <MenuTitle>{t.tableCompare.anyColumns}</MenuTitle>
      {common.map(({ name }) => (
        <MenuItem key={name} checked={keys.includes(name)} keepOpen onSelect={() => onChange(toggled(keys, name))}>
          {name}
        </MenuItem>
      ))}
    </Menu>
  );
}

type Order = Pick<ComparisonOrder, "by" | "descending">;

export function ColumnMenu({
  column,
  names: [before, after],
  isKey,
  sorted,
  onlyDiffering,
  onSort,
  onOnlyDiffering,
}: {
  column: ComparedColumn;
  names: [string, string];
  isKey: boolean;
  sorted: ComparisonOrder | undefined;
  onlyDiffering: boolean;
  onSort: (order: Order | null) => void;
  onOnlyDiffering: (on: boolean) => void;
}) {
  const { name, kind } = column;
  const item = (by: Order["by"], descending: boolean, text: string) => (
    <MenuItem
      checked={sorted?.by === by && sorted.descending === descending}
      onSelect={() => onSort({ by, descending })}
    >
      {text}
    </MenuItem>
  );
  const { sorts } = t.tableCompare;
  const isOne = column.in !== "both";
  return (
    <Menu
      trigger={
        <button type="button" className={`${tables.columnName} ${styles.columnName}`} title={name}>
          <span className="visually-hidden">{t.tableCompare.menu}</span>
          <span className={styles.name}>
            {isKey && <Icon name="link" size={12} />}
            <b>{name}</b>
            {sorted && <Icon name={sorted.descending ? "sortDown" : "sortUp"} size={12} />}
          </span>
          <small data-only={onlyDiffering || undefined}>
            {isOne
              ? t.tableCompare.onlyIn(column.in === "after" ? after : before)
              : !isKey && column.changed > 0
                ? t.tableCompare.differ(column.changed)
                : "\u00a0"}
          </small>
        </button>
      }
    >
      {!isOne && kind === "number" && !isKey && (
        <>
          {item("size", true, sorts.size)}
          {item("delta", true, sorts.grew)}
          {item("delta", false, sorts.fell)}
          <MenuRule />
        </>
      )}
      {column.in !== "before" && kind !== "media" && (
        <>
          {item("after", false, sorts.ascending(after))}
          {item("after", true, sorts.descending(after))}
        </>
      )}
      {column.in !== "after" && kind !== "media" && (
        <>
          {item("before", false, sorts.ascending(before))}
          {item("before", true, sorts.descending(before))}
        </>
      )}
      <MenuItem checked={!sorted} onSelect={() => onSort(null)}>
        {sorts.own}
      </MenuItem>
      {!isOne && !isKey && (
        <>
          <MenuRule />
          <MenuItem checked={onlyDiffering} onSelect={() => onOnlyDiffering(!onlyDiffering)}>
            {t.tableCompare.onlyDiffering}
            <small className={styles.muted}> {count(column.changed)}</small>
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
