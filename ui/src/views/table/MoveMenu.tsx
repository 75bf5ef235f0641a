/** Chooses the project that runs move to. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { type Place, projectsQuery } from "../../net/projects";
import { count } from "../../series/format";
import { fuzzy } from "../../series/fuzzy";
import { move } from "../../state/edits";
import { say } from "../../state/toasts";
import { changeView } from "../../state/view";
import { t } from "../../texts";
import { Button, Kbd, SearchInput } from "../parts/Controls";
import { Popover } from "../parts/Menus";
import parts from "../parts/parts.module.css";
import { sayFailed } from "./failed";
import styles from "./table.module.css";

export function MoveMenu({
  place,
  ids,
  open,
  onOpen,
}: {
  place: Place;
  ids: string[];
  open: boolean;
  onOpen: (open: boolean) => void;
}) {
  const [find, setFind] = useState("");
  const projects = useQuery({ ...projectsQuery, enabled: open }).data ?? [];
  const others = projects.filter(({ entity, name }) => entity !== place.entity || name !== place.project);
  const name = (one: { entity: string; name: string }) =>
    one.entity === place.entity ? one.name : `${one.entity} / ${one.name}`;
  const go = async (to: Place) => {
    onOpen(false);
    const back = async () => {
      try {
        say(t.table.moved(await move(to, ids, place), place.project));
      } catch (error) {
        sayFailed(error);
      }
    };
    try {
      const moved = await move(place, ids, to);
      changeView({ selected: [] });
      say(t.table.moved(moved, to.project), { action: { label: t.actions.undo, run: () => void back() } });
    } catch (error) {
      sayFailed(error);
    }
  };
  return (
    <Popover
      label={t.table.moveTitle(ids.length)}
      width={260}
      open={open}
      onOpenChange={onOpen}
      trigger={
        <Button>
          {t.table.moveTo} <Kbd>m</Kbd>
        </Button>
      }
    >
      <div className={parts.menuTitle}>{t.table.moveTitle(ids.length)}</div>
      <SearchInput label={t.table.moveFind} value={find} onChange={(event) => setFind(event.target.value)} />
      <div className={styles.tagList}>
        {fuzzy(find, others, name).map((one) => (
          <button
            key={`${one.entity}/${one.name}`}
            type="button"
            className={parts.item}
            onClick={() => void go({ entity: one.entity, project: one.name })}
          >
            <span className={parts.itemText}>{name(one)}</span>
            <span className={parts.tail}>{count(one.run_count)}</span>
          </button>
        ))}
        {others.length === 0 && <p className={parts.menuTitle}>{t.table.moveNowhere}</p>}
      </div>
    </Popover>
  );
}
