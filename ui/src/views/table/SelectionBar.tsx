/** The status bar: where one is in the table, or what can be done with the selected runs. */
import { memo, useState } from "react";
import { useLocation } from "wouter";
import { useStore } from "zustand";
import type { Place } from "../../net/projects";
import type { RunRow } from "../../net/shapes";
import { drawnRuns } from "../../state/drawn";
import { remove, restore, stop } from "../../state/edits";
import { say } from "../../state/toasts";
import { changeView, viewStore } from "../../state/view";
import { t } from "../../texts";
import { compareOf } from "../addresses";
import { Button, Kbd } from "../parts/Controls";
import { useKeys, useView } from "../parts/hooks";
import { KeyHint } from "../parts/KeyCaps";
import { Popover } from "../parts/Menus";
import parts from "../parts/parts.module.css";
import { useWritable } from "../parts/useWritable";
import { EditField } from "./EditField";
import { editWithUndo } from "./editWithUndo";
import { sayFailed } from "./failed";
import { MoveMenu } from "./MoveMenu";
import { seenStore } from "./seen";
import { TagEditor } from "./TagEditor";
import styles from "./table.module.css";

async function bringBack(place: Place, ids: string[]): Promise<void> {
  try {
    await restore(place, ids);
    changeView({ selected: [] });
    say(t.table.restored(ids.length));
  } catch (error) {
    sayFailed(error);
  }
}

export async function removeWithUndo(place: Place, ids: string[]): Promise<void> {
  try {
    const deleted = await remove(place, ids);
    changeView({ selected: [] });
    say(t.table.deleted(deleted), { action: { label: t.actions.undo, run: () => void bringBack(place, ids) } });
  } catch (error) {
    sayFailed(error);
  }
}

export const SelectionBar = memo(function SelectionBar({
  place,
  ids,
  byId,
  lineCount,
  groups,
}: {
  place: Place;
  /** The list from its top, as far as it is read. */
  ids: string[];
  byId: Map<string, RunRow>;
  lineCount: number;
  /** Groups listed and groups in all; null: there are none. */
  groups: string | null;
}) {
  const selected = useView((view) => view.selected);
  const deleted = useView((view) => view.deleted);
  const [tagging, setTagging] = useState(false);
  const [grouping, setGrouping] = useState(false);
  const [moving, setMoving] = useState(false);
  const [, navigate] = useLocation();
  const some = selected.length > 0;
  const writable = useWritable(place);
  const rows = selected.flatMap((id) => byId.get(id) ?? []);
  const [group] = rows.map((row) => row.group ?? "");
  const common = rows.every((row) => (row.group ?? "") === group) ? (group ?? "") : "";
  const showOnly = () => {
    const view = viewStore.getState();
    const chosen = new Set(selected);
    const others = drawnRuns(ids, { draw: view.draw, shown: [], hidden: [] }).filter((id) => !chosen.has(id));
    changeView({ shown: selected, hidden: others });
  };
  const setGroup = async (name: string | null) => {
    setGrouping(false);
    if (name === null || name === common) return;
    await editWithUndo(place, selected, { group: name }, rows);
  };
  const drop = () => void removeWithUndo(place, selected);
  const clear = () => changeView({ selected: [] });
  useKeys({ Escape: clear }, some);
  const running = rows.filter((row) => row.state === "running").map((row) => row.id);
  const stopAll = async () => {
    try {
      say(t.table.stopped(await stop(place, running)));
    } catch (error) {
      sayFailed(error);
    }
  };
  useKeys({ Delete: drop, m: () => setMoving(true) }, some && !deleted && writable);
  const alone = selected.length === 1 ? selected[0]! : null;
  return (
    <footer className={`${parts.status} ${styles.status}`} data-acts={some}>
      {some && (
        <>
          <strong role="status">{t.table.selected(selected.length)}</strong>
          <Button look="quiet" onClick={clear}>
            {t.actions.clear} <Kbd>Esc</Kbd>
          </Button>
        </>
      )}
      {some && deleted && writable && (
        <Button onClick={() => void bringBack(place, selected)}>{t.table.restoreSelected}</Button>
      )}
      {some && !deleted && (
        <>
          {selected.length > 1 && (
            <Button onClick={() => navigate(compareOf(place, selected))}>
              {t.bar.compare} <KeyHint of="c" />
            </Button>
          )}
          <Button onClick={showOnly}>{t.table.showOnly}</Button>
          {writable && (
            <>
              <Popover
                label={t.table.tagTitle(selected.length)}
                width={232}
                open={tagging}
                onOpenChange={setTagging}
                trigger={
                  <Button>
                    {t.table.tag} <KeyHint of="t" />
                  </Button>
                }
              >
                <TagEditor
                  place={place}
                  runs={rows}
                  ids={selected}
                  known={byId.values()}
                  onDone={() => setTagging(false)}
                />
              </Popover>
              <Popover
                label={t.table.setGroupTitle(selected.length)}
                width={232}
                open={grouping}
                onOpenChange={setGrouping}
                trigger={<Button>{t.table.setGroup}</Button>}
              >
                <div className={styles.groupField}>
                  <EditField
                    className={styles.nameEdit!}
                    label={t.table.groupInput}
                    value={common}
                    onDone={(name) => void setGroup(name)}
                  />
                </div>
              </Popover>
              <MoveMenu place={place} ids={selected} open={moving} onOpen={setMoving} />
              {running.length > 0 && <Button onClick={() => void stopAll()}>{t.table.stop}</Button>}
            </>
          )}
          {alone && (
            <Button onClick={() => changeView({ baseline: alone })}>
              {t.table.setBaseline} <KeyHint of="b" />
            </Button>
          )}
          {writable && (
            <Button look="danger" onClick={drop}>
              {t.table.delete} <Kbd>Del</Kbd>
            </Button>
          )}
        </>
      )}
      {!writable && <span title={t.project.viewOnlyTitle}>{t.project.viewOnly}</span>}
      <span className={styles.right}>{lineCount > 0 && <Where lineCount={lineCount} groups={groups} />}</span>
    </footer>
  );
});

/** Says which columns and rows of how many are seen. */
function Where({ lineCount, groups }: { lineCount: number; groups: string | null }) {
  const seen = useStore(seenStore);
  const [listed, all] = (groups ?? "0 0").split(" ").map(Number) as [number, number];
  return (
    <>
      {seen.lastColumn - seen.firstColumn < seen.columns && (
        <span>{t.table.columnsAt(seen.firstColumn + 1, seen.lastColumn, seen.columns)}</span>
      )}
      <span>
        {groups === null
          ? t.table.rowsOf(seen.firstLine + 1, Math.min(seen.lastLine, lineCount), lineCount)
          : t.table.groupsOf(listed, all)}
      </span>
    </>
  );
}
