/** Says what runs are sorted by, and opens what chooses it: one key or several. */
import { lazy, Suspense } from "react";
import type { Place } from "../../net/projects";
import { bareKey, readSort } from "../../state/sort";
import { t } from "../../texts";
import { Button } from "../parts/Controls";
import { useView } from "../parts/hooks";
import { Icon } from "../parts/Icon";
import { Popover } from "../parts/Menus";

const SortKeys = lazy(() => import("./SortKeys"));

export function sortLabel(key: string): string {
  return t.list.sortLabels[key] ?? bareKey(key);
}

export function SortMenu({ place }: { place: Place }) {
  const sort = useView((view) => view.sort);
  const sorts = readSort(sort);
  return (
    <Popover
      label={t.list.sort}
      trigger={
        <Button look="quiet">
          {t.list.sort}{" "}
          <strong title={sorts.map((one) => sortLabel(one.key)).join(", ")}>
            {sorts
              .slice(0, 2)
              .map((one) => sortLabel(one.key) + (sorts.length < 2 ? "" : one.descending ? " ↓" : " ↑"))
              .join(", ")}
          </strong>
          {sorts.length > 2 && `+${sorts.length - 2}`}
          {sorts.length < 2 && <Icon name={sorts[0]?.descending ? "sortDown" : "sortUp"} size={12} />}
        </Button>
      }
    >
      <Suspense fallback={null}>
        <SortKeys place={place} />
      </Suspense>
    </Popover>
  );
}
