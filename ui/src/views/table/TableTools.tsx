/** The table's second bar: groups, order, columns, what is compared with, and the look of the rows. */
import { useQuery } from "@tanstack/react-query";
import { memo, useState } from "react";
import { fetchRuns, type Place, placeKey } from "../../net/projects";
import { cutMiddle } from "../../series/names";
import { AGGREGATES, changeView, ROW_HEIGHTS } from "../../state/view";
import { t } from "../../texts";
import { Button, SearchInput } from "../parts/Controls";
import { useRested, useView } from "../parts/hooks";
import { Icon } from "../parts/Icon";
import { Menu, MenuItem, Popover, Switch } from "../parts/Menus";
import parts from "../parts/parts.module.css";
import { GroupMenu } from "../workspace/GroupMenu";
import { SortMenu } from "../workspace/SortMenu";
import { ColumnPicker } from "./ColumnPicker";
import { EVERYTHING, type TableColumn } from "./columns";
import { ExportMenu } from "./ExportMenu";
import styles from "./table.module.css";
import type { Question } from "./useTableRows";

export const TableTools = memo(function TableTools({
  place,
  all,
  shown,
  matched,
  question,
}: {
  place: Place;
  all: TableColumn[];
  shown: TableColumn[];
  matched: number;
  question: Question;
}) {
  const chosen = useView((view) => view.columns);
  const group = useView((view) => view.group);
  const rowPx = useView((view) => view.rowPx);
  const aggregate = useView((view) => view.aggregate);
  return (
    <div className={styles.bar}>
      <GroupMenu place={place} />
      <SortMenu place={place} />
      <ColumnPicker all={all} shown={shown} />
      <BaselineMenu place={place} />
      {group.length > 0 && (
        <Menu
          trigger={
            <Button look="quiet">
              {t.table.aggregate} <strong>{t.table.aggregates[aggregate]}</strong>
              <Icon name="chevronDown" size={12} />
            </Button>
          }
        >
          {AGGREGATES.map((one) => (
            <MenuItem key={one} checked={one === aggregate} onSelect={() => changeView({ aggregate: one })}>
              {t.table.aggregates[one]}
            </MenuItem>
          ))}
        </Menu>
      )}
      <span className={styles.differs} title={t.table.differsTitle}>
        <span className={styles.long}>{t.table.differs}</span>
        <span className={styles.short}>{t.table.differsShort}</span>
        <Switch
          label={t.table.differs}
          on={chosen === null}
          onChange={(on) => changeView({ columns: on ? null : [EVERYTHING] })}
        />
      </span>
      <Menu
        align="end"
        trigger={
          <Button look="quiet">
            {t.table.rows} <strong>{rowPx}</strong>
            <Icon name="chevronDown" size={12} />
          </Button>
        }
      >
        {ROW_HEIGHTS.map((height) => (
          <MenuItem key={height} checked={height === rowPx} onSelect={() => changeView({ rowPx: height })}>
            {t.table.rowHeights[height]}
          </MenuItem>
        ))}
      </Menu>
      <ExportMenu place={place} matched={matched} question={question} columns={shown} />
    </div>
  );
});

/** The run that others are compared with. */
function BaselineMenu({ place }: { place: Place }) {
  const baseline = useView((view) => view.baseline);
  const [find, setFind] = useState("");
  const [open, setOpen] = useState(false);
  const q = useRested(find, 120);
  const found = useQuery({
    queryKey: [...placeKey(place), "runs", "named", q],
    queryFn: ({ signal }) => fetchRuns(place, { q: q.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), limit: 12 }, signal),
    enabled: open,
    placeholderData: (before) => before,
  }).data?.runs;
  const named = useQuery({
    queryKey: [...placeKey(place), "runs", "named", { id: baseline }],
    queryFn: ({ signal }) => fetchRuns(place, { ids: [baseline!], limit: 1 }, signal),
    enabled: baseline !== null,
  }).data?.runs[0];
  const row = baseline === null ? undefined : named;
  const choose = (id: string | null) => {
    changeView({ baseline: id });
    setOpen(false);
  };
  return (
    <Popover
      label={t.table.baseline}
      width={300}
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button look="quiet">
          {t.table.baseline}{" "}
          <strong title={row?.name}>
            {baseline === null ? t.table.baselineNone : cutMiddle(row?.name ?? baseline, 20)}
          </strong>
          <Icon name="chevronDown" size={12} />
        </Button>
      }
    >
      <SearchInput label={t.list.filterShort} value={find} onChange={(event) => setFind(event.target.value)} />
      {baseline !== null && (
        <button type="button" className={parts.item} onClick={() => choose(null)}>
          <span className={parts.itemMark} />
          {t.table.baselineNone}
        </button>
      )}
      {(found ?? []).map((one) => (
        <button
          key={one.id}
          type="button"
          className={parts.item}
          aria-pressed={one.id === baseline}
          onClick={() => choose(one.id)}
        >
          <span className={parts.itemMark}>{one.id === baseline && <Icon name="check" size={14} />}</span>
          <span className={parts.itemText} title={one.name}>
            {cutMiddle(one.name, 36)}
          </span>
        </button>
      ))}
    </Popover>
  );
}
