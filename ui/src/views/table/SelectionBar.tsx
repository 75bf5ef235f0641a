/** The status bar: where one is in the table, or what can be done with the selected runs. */
import { useState } from "react";
import type { Place } from "../../net/projects";
import type { RunRow } from "../../net/shapes";
import { remove, restore } from "../../state/edits";
import { say } from "../../state/toasts";
import { changeView } from "../../state/view";
import { t } from "../../texts";
import { Button, Kbd } from "../parts/Controls";
import { useKeys } from "../parts/hooks";
import { Popover } from "../parts/Menus";
import parts from "../parts/parts.module.css";
import { TagEditor } from "./TagEditor";
import styles from "./table.module.css";

export async function removeWithUndo(place: Place, ids: string[]): Promise<void> {
  try {
    const deleted = await remove(place, ids);
    changeView({ selected: [] });
    const undo = async () => {
      try {
        await restore(place, ids);
        say(t.table.restored(ids.length));
      } catch (error) {
        say(t.errors.failed((error as Error).message), { tone: "error" });
      }
    };
    say(t.table.deleted(deleted), { action: { label: t.actions.undo, run: () => void undo() } });
  } catch (error) {
    say(t.errors.failed((error as Error).message), { tone: "error" });
  }
}

export function SelectionBar({
  place,
  selected,
  rows,
  where,
}: {
  place: Place;
  selected: string[];
  rows: RunRow[];
  where: React.ReactNode;
}) {
  const [tagging, setTagging] = useState(false);
  const some = selected.length > 0;
  const runs = rows.filter((row) => selected.includes(row.id));
  const showOnly = () => {
    changeView({
      shown: selected,
      hidden: rows
        .map((row) => row.id)
        .filter((id) => !selected.includes(id))
        .slice(0, 50),
    });
  };
  useKeys({ Delete: () => void removeWithUndo(place, selected), Escape: () => changeView({ selected: [] }) }, some);
  if (!some) {
    return (
      <footer className={`${parts.status} ${styles.status}`}>
        <span className={styles.right}>{where}</span>
      </footer>
    );
  }
  return (
    <footer className={`${parts.status} ${styles.status}`} data-acts="true">
      <strong role="status">{t.table.selected(selected.length)}</strong>
      <Button look="quiet" onClick={() => changeView({ selected: [] })}>
        {t.actions.clear} <Kbd>Esc</Kbd>
      </Button>
      <Popover
        label={t.table.tagTitle(runs.length)}
        width={232}
        open={tagging}
        onOpenChange={setTagging}
        trigger={
          <Button>
            {t.table.tag} <Kbd>t</Kbd>
          </Button>
        }
      >
        <TagEditor place={place} runs={runs} known={rows} onDone={() => setTagging(false)} />
      </Popover>
      <Button onClick={showOnly}>{t.table.showOnly}</Button>
      <Button look="danger" onClick={() => void removeWithUndo(place, selected)}>
        {t.table.delete} <Kbd>Del</Kbd>
      </Button>
      <span className={styles.right}>{where}</span>
    </footer>
  );
}
