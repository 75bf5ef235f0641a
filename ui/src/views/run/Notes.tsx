/** Notes on a run, in Markdown, edited in place. */
import type { Place } from "../../net/projects";
import type { Run } from "../../net/shapes";
import { edit } from "../../state/edits";
import { t } from "../../texts";
import { EditedMarkdown } from "../parts/EditedMarkdown";
import { useWritable } from "../parts/useWritable";

export function Notes({ place, run }: { place: Place; run: Run }) {
  const writable = useWritable(place);
  return (
    <EditedMarkdown
      id="notes-title"
      title={t.run.notes}
      text={run.notes ?? ""}
      empty={writable ? t.run.noNotes : t.run.noNotesHere}
      writable={writable}
      editLabel={t.run.editNotes}
      inputLabel={t.run.notesLabel}
      onSave={(notes) => edit(place, [run.id], { notes })}
    />
  );
}
