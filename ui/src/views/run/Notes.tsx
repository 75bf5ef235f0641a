/** Notes on a run, in Markdown, edited in place. */
import type { Place } from "../../net/projects";
import type { Run } from "../../net/shapes";
import { t } from "../../texts";
import { EditedMarkdown } from "../parts/EditedMarkdown";
import { useWritable } from "../parts/useWritable";
import { editSaying } from "../table/editWithUndo";

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
      onSave={(notes) => editSaying(place, [run.id], { notes }, [run])}
    />
  );
}
