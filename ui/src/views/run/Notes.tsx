/** Notes on a run, in Markdown, edited in place. */
import type { Place } from "../../net/projects";
import type { Run } from "../../net/shapes";
import { edit } from "../../state/edits";
import { t } from "../../texts";
import { EditedMarkdown } from "../parts/EditedMarkdown";

export function Notes({ place, run }: { place: Place; run: Run }) {
  return (
    <EditedMarkdown
      id="notes-title"
      title={t.run.notes}
      text={run.notes ?? ""}
      empty={t.run.noNotes}
      editLabel={t.run.editNotes}
      inputLabel={t.run.notesLabel}
      onSave={(notes) => edit(place, [run.id], { notes })}
    />
  );
}
