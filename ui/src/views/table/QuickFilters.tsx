/** Conditions that people ask for every day, each a switch beside the query line, and the builder for all others. */
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { serverQuery } from "../../net/account";
import type { Place } from "../../net/projects";
import { type Filter, tryFilter, writeFilter } from "../../series/filter";
import { conjunctsOf, demands, toggleCondition } from "../../series/filterEdit";
import { writeText } from "../../series/filterWords";
import { changeView } from "../../state/view";
import { t } from "../../texts";
import { Button } from "../parts/Controls";
import { useLater, useView } from "../parts/hooks";
import { Icon } from "../parts/Icon";
import { Menu, MenuItem, MenuRule, Popover } from "../parts/Menus";
import styles from "./table.module.css";

const FilterBuilder = lazy(() => import("./FilterBuilder").then((room) => ({ default: room.FilterBuilder })));

type QuickName = "mine" | "running" | "sound" | "day";

/** The conditions that the switches stand for. */
function quickFilters(user: string): Record<QuickName, Filter> {
  return {
    mine: { kind: "compare", key: "user", operator: "=", value: writeText(user) },
    running: { kind: "compare", key: "state", operator: "=", value: '"running"' },
    sound: { kind: "oneOf", key: "state", values: ['"crashed"', '"failed"'], negated: true },
    day: { kind: "compare", key: "created_at", operator: ">", value: "-24h" },
  };
}

export function QuickFilters({ place }: { place: Place }) {
  const expression = useView((view) => view.filter);
  const deleted = useView((view) => view.deleted);
  const [building, setBuilding] = useState(false);
  const user = useQuery({ ...serverQuery, enabled: useLater() }).data?.user ?? "";
  const { filter, trouble } = tryFilter(expression);
  const quick = quickFilters(user);
  const toggle = (condition: Filter) => changeView({ filter: writeFilter(toggleCondition(filter, condition)) });
  const names = (Object.keys(quick) as QuickName[]).filter((name) => name !== "mine" || user !== "");
  const count = conjunctsOf(filter).length;
  return (
    <>
      <span className={styles.quick}>
        {names.map((name) => (
          <button
            key={name}
            type="button"
            className={styles.chip}
            aria-pressed={demands(filter, quick[name])}
            disabled={trouble !== null}
            title={t.filter.quickTitles[name]}
            onClick={() => toggle(quick[name])}
          >
            {t.filter.quick[name]}
          </button>
        ))}
        {deleted && (
          <button
            type="button"
            className={styles.chip}
            data-keep
            aria-pressed
            onClick={() => changeView({ deleted: false })}
          >
            {t.filter.deleted}
            <Icon name="close" size={10} />
          </button>
        )}
      </span>
      <Popover
        label={t.filter.build}
        width={620}
        open={building}
        onOpenChange={setBuilding}
        trigger={
          <Button look="quiet">
            <Icon name="plus" size={14} />
            {count > 0 ? t.filter.buildCount(count) : t.filter.add}
          </Button>
        }
      >
        <Suspense fallback={null}>
          <FilterBuilder place={place} />
        </Suspense>
      </Popover>
      <Menu
        align="end"
        trigger={
          <Button look="quiet" aria-label={t.filter.more} className={styles.quickMenu}>
            <Icon name="more" size={14} />
          </Button>
        }
      >
        {names.map((name) => (
          <MenuItem key={name} checked={demands(filter, quick[name])} onSelect={() => toggle(quick[name])}>
            {t.filter.quickTitles[name]}
          </MenuItem>
        ))}
        <MenuRule />
        <MenuItem checked={deleted} onSelect={() => changeView({ deleted: !deleted, selected: [] })}>
          {t.filter.deletedTitle}
        </MenuItem>
      </Menu>
    </>
  );
}
