/** Edits runs as a person does: at once, and with the way back in the message that says so. */
import type { Place } from "../../net/projects";
import type { RunEdit, RunRow } from "../../net/shapes";
import { edit, undoingEdits } from "../../state/edits";
import { say } from "../../state/toasts";
import { t } from "../../texts";
import { sayFailed } from "./failed";

/**
 * @param rows the edited runs as they are, as far as they are read: without all of them there is no way back.
 * @throws ApiError where the server didn't take it.
 */
export async function editSaying(place: Place, ids: string[], set: RunEdit, rows: RunRow[]): Promise<void> {
  const back = undoingEdits(rows, ids, set);
  const known = back.reduce((sum, part) => sum + part.ids.length, 0) === ids.length;
  const undo = async () => {
    try {
      for (const part of back) await edit(place, part.ids, part.set);
    } catch (error) {
      sayFailed(error);
    }
  };
  await edit(place, ids, set);
  say(t.table.changed(ids.length), known ? { action: { label: t.actions.undo, run: () => void undo() } } : {});
}

/**
 * Edits as {@link editSaying} does, and says a failure too.
 *
 * @returns whether the server took it.
 */
export async function editWithUndo(place: Place, ids: string[], set: RunEdit, rows: RunRow[]): Promise<boolean> {
  try {
    await editSaying(place, ids, set, rows);
    return true;
  } catch (error) {
    sayFailed(error);
    return false;
  }
}
