/** What can be done with one run of the list: drawn alone, compared, named, tagged, stopped, deleted. */
import { Menu } from "@base-ui/react/menu";
import { Popover } from "@base-ui/react/popover";
import type { ReactNode } from "react";
import { useLocation } from "wouter";
import type { Place } from "../../net/projects";
import { stop } from "../../state/edits";
import { say } from "../../state/toasts";
import { changeView } from "../../state/view";
import { t } from "../../texts";
import { compareOf, runAt } from "../addresses";
import { useView } from "../parts/hooks";
import { KeyHint } from "../parts/KeyCaps";
import { MenuItem, MenuRule, MenuTitle } from "../parts/Menus";
import parts from "../parts/parts.module.css";
import { useWritable } from "../parts/useWritable";
import { EditField } from "../table/EditField";
import { editWithUndo } from "../table/editWithUndo";
import { sayFailed } from "../table/failed";
import { removeWithUndo } from "../table/SelectionBar";
import { TagEditor } from "../table/TagEditor";
import styles from "./choices.module.css";
import { chooseRun, type RunChoice } from "./runChoice";

export default function RunMenu({
  place,
  choice,
  known,
  onOnly,
}: {
  place: Place;
  choice: RunChoice;
  /** Listed runs, whose tags are offered. */
  known: Iterable<RunChoice["row"]>;
  onOnly: (id: string) => void;
}) {
  const { row, anchor, part } = choice;
  if (part === "menu") return <Actions place={place} choice={choice} onOnly={onOnly} />;
  const rename = async (name: string | null) => {
    chooseRun(null);
    if (!name || name === row.name) return;
    await editWithUndo(place, [row.id], { name }, [row]);
  };
  const label = part === "name" ? t.table.editName(row.name) : t.table.editTags(row.name);
  return (
    <Popover.Root open onOpenChange={(open) => !open && chooseRun(null)}>
      <Popover.Portal>
        <Popover.Positioner anchor={anchor} align="start" sideOffset={4} style={{ zIndex: 20 }}>
          <Popover.Popup className={parts.menu} style={{ width: 264 }} aria-label={label} finalFocus={false}>
            {part === "name" ? (
              <div className={styles.named}>
                <EditField
                  className={styles.name!}
                  label={label}
                  value={row.name}
                  onDone={(name) => void rename(name)}
                />
              </div>
            ) : (
              <TagEditor place={place} runs={[row]} known={known} onDone={() => chooseRun(null)} />
            )}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Actions({ place, choice, onOnly }: { place: Place; choice: RunChoice; onOnly: (id: string) => void }) {
  const { row, anchor } = choice;
  const [, navigate] = useLocation();
  const writable = useWritable(place);
  const baseline = useView((view) => view.baseline);
  const pinned = useView((view) => view.pinned);
  const selected = useView((view) => view.selected);
  const isBaseline = baseline === row.id;
  const isPinned = pinned.includes(row.id);
  const isSelected = selected.includes(row.id);
  const live = row.state === "running" || row.state === "pending";
  const without = (ids: string[]) => ids.filter((id) => id !== row.id);
  const ask = async () => {
    try {
      say(t.table.stopped(await stop(place, [row.id])));
    } catch (error) {
      sayFailed(error);
    }
  };
  // After the menu is closed: closing it would close what takes its place.
  const then = (part: RunChoice["part"]) => setTimeout(() => chooseRun({ row, anchor, part }));
  const item = (text: ReactNode, act: () => void, key?: string) => (
    <MenuItem onSelect={act} tail={key && <KeyHint of={key} />}>
      {text}
    </MenuItem>
  );
  return (
    <Menu.Root open modal={false} onOpenChange={(open) => !open && chooseRun(null)}>
      <Menu.Portal>
        <Menu.Positioner anchor={anchor} align="start" sideOffset={4} style={{ zIndex: 20 }}>
          <Menu.Popup
            className={parts.menu}
            style={{ maxWidth: 264 }}
            aria-label={t.list.actionsOf(row.name)}
            finalFocus={false}
          >
            {item(t.list.open, () => navigate(runAt(place, row.id)), "Enter")}
            {item(t.list.only, () => onOnly(row.id))}
            {item(
              isSelected ? t.list.deselect : t.list.select,
              () => changeView({ selected: isSelected ? without(selected) : [...selected, row.id] }),
              "x",
            )}
            {selected.length > 1 &&
              item(t.list.compareSelected(selected.length), () => navigate(compareOf(place, selected)), "c")}
            {item(
              isBaseline ? t.run.noBaseline : t.table.setBaseline,
              () => changeView({ baseline: isBaseline ? null : row.id }),
              "b",
            )}
            {item(
              isPinned ? t.list.unpin : t.list.pin,
              () => changeView({ pinned: isPinned ? without(pinned) : [...pinned, row.id] }),
              "p",
            )}
            <MenuRule />
            {writable ? (
              <>
                {item(t.list.rename, () => then("name"), "e")}
                {item(t.list.tags, () => then("tags"), "t")}
                {live && item(t.table.stop, () => void ask())}
                <MenuItem danger onSelect={() => void removeWithUndo(place, [row.id])}>
                  {t.table.delete}
                </MenuItem>
              </>
            ) : (
              <MenuTitle>{t.project.viewOnlyTitle}</MenuTitle>
            )}
          </Menu.Popup>
        </Menu.Positioner>
      </Menu.Portal>
    </Menu.Root>
  );
}
