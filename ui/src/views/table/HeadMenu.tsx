/** What can be done with a column: sort, group, fix, move, widen, hide, show its curve. */
import { addSort, bareKey, readSort, writeSort } from "../../state/sort";
import { changeView, viewStore } from "../../state/view";
import { t } from "../../texts";
import { MenuItem, MenuRule } from "../parts/Menus";
import { AnchoredMenu } from "./Anchored";
import { curveColumn, isSortable, moveColumn, NARROWEST_PX, type TableColumn } from "./columns";

const WIDER_PX = 32;
/** Kinds of a metric's summary that a script may have asked for. */
const STATS = ["min", "max", "mean", "last", "best"] as const;

export function HeadMenu({
  column,
  anchor,
  isFixed,
  shownKeys,
  all,
  onClose,
}: {
  column: TableColumn;
  anchor: HTMLElement;
  isFixed: boolean;
  shownKeys: string[];
  all: TableColumn[];
  onClose: () => void;
}) {
  const { key } = column;
  const { sort, group, fixed, widths } = viewStore.getState();
  const sorts = readSort(sort);
  const mine = sorts.find((one) => one.key === key);
  const at = shownKeys.indexOf(key);
  const curve = curveColumn(column);
  const stats = statsOf(column, all);
  const widen = (by: number) =>
    changeView({ widths: { ...widths, [key]: Math.max(column.widthPx + by, NARROWEST_PX) } });
  return (
    <AnchoredMenu anchor={anchor} label={t.table.columnMenu(column.label)} onClose={onClose}>
      {isSortable(column) && (
        <>
          <MenuItem
            checked={mine?.descending === false}
            onSelect={() => changeView({ sort: writeSort([{ key, descending: false }]) })}
          >
            {t.table.sortUp}
          </MenuItem>
          <MenuItem
            checked={mine?.descending === true}
            onSelect={() => changeView({ sort: writeSort([{ key, descending: true }]) })}
          >
            {t.table.sortDown}
          </MenuItem>
          {!mine && (
            <MenuItem
              checked={false}
              onSelect={() => changeView({ sort: addSort(sort, key, column.number ? "down" : "up") })}
            >
              {t.table.sortThen}
            </MenuItem>
          )}
          <MenuItem
            checked={group.includes(key)}
            onSelect={() =>
              changeView({ group: group.includes(key) ? group.filter((one) => one !== key) : [...group, key] })
            }
          >
            {t.table.groupBy}
          </MenuItem>
          <MenuRule />
        </>
      )}
      {stats.length > 1 && (
        <>
          {stats.map(({ stat, key: other }) => (
            <MenuItem
              key={stat}
              checked={other === key}
              onSelect={() => changeView({ columns: shownKeys.map((one) => (one === key ? other : one)) })}
            >
              {t.table.stats[stat]}
            </MenuItem>
          ))}
          <MenuRule />
        </>
      )}
      {curve && !shownKeys.includes(curve.key) && (
        <MenuItem
          checked={false}
          onSelect={() =>
            changeView({ columns: [...shownKeys.slice(0, at + 1), curve.key, ...shownKeys.slice(at + 1)] })
          }
        >
          {t.table.showCurve}
        </MenuItem>
      )}
      <MenuItem
        checked={isFixed}
        onSelect={() => changeView({ fixed: isFixed ? fixed.filter((one) => one !== key) : [...fixed, key] })}
      >
        {t.table.fix}
      </MenuItem>
      {!isFixed && at > 0 && (
        <MenuItem
          checked={false}
          onSelect={() => changeView({ columns: moveColumn(shownKeys, key, shownKeys[at - 1]!) })}
        >
          {t.table.moveLeft}
        </MenuItem>
      )}
      {!isFixed && at < shownKeys.length - 1 && (
        <MenuItem
          checked={false}
          onSelect={() => changeView({ columns: moveColumn(shownKeys, key, shownKeys[at + 2] ?? null) })}
        >
          {t.table.moveRight}
        </MenuItem>
      )}
      <MenuItem checked={false} keepOpen onSelect={() => widen(WIDER_PX)}>
        {t.table.wider}
      </MenuItem>
      <MenuItem checked={false} keepOpen onSelect={() => widen(-WIDER_PX)}>
        {t.table.narrower}
      </MenuItem>
      <MenuRule />
      <MenuItem checked={false} onSelect={() => changeView({ columns: shownKeys.filter((one) => one !== key) })}>
        {t.table.hide}
      </MenuItem>
    </AnchoredMenu>
  );
}

/** The columns of one metric that a script asked to be summarised in several ways: `loss.min`, `loss.last`. */
function statsOf({ key, group }: TableColumn, all: TableColumn[]): { stat: (typeof STATS)[number]; key: string }[] {
  if (group !== "summary") return [];
  const metric = bareKey(key).replace(/\.(min|max|mean|last|best)$/, "");
  const known = new Set(all.map((column) => column.key));
  return STATS.flatMap((stat) => {
    const other = `summary.${metric}.${stat}`;
    return known.has(other) ? [{ stat, key: other }] : [];
  });
}
