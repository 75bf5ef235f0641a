/** Says what runs are grouped by, and opens what chooses it. */
import { lazy, Suspense } from "react";
import type { Place } from "../../net/projects";
import { t } from "../../texts";
import { Button } from "../parts/Controls";
import { useView } from "../parts/hooks";
import { Icon } from "../parts/Icon";
import { Popover } from "../parts/Menus";
import parts from "../parts/parts.module.css";
import { sortLabel } from "./SortMenu";

const GroupKeys = lazy(() => import("./GroupKeys"));

export function GroupMenu({ place }: { place: Place }) {
  const group = useView((view) => view.group);
  return (
    <Popover
      label={t.table.group}
      trigger={
        <Button look="quiet">
          <span className={group.length > 0 ? parts.wordIfRoom : undefined}>{t.table.group}</span>
          <strong className={group.length > 0 ? undefined : parts.wordIfRoom}>
            {group.length > 0 ? group.map(sortLabel).join(", ") : t.table.groupNone}
          </strong>
          <Icon name="chevronDown" size={12} />
        </Button>
      }
    >
      <Suspense fallback={null}>
        <GroupKeys place={place} />
      </Suspense>
    </Popover>
  );
}
