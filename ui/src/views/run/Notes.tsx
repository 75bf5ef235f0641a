/** Notes on a run, in Markdown, edited in place. */
import { useState } from "react";
import type { Place } from "../../net/projects";
import type { Run } from "../../net/shapes";
import { edit } from "../../state/edits";
import { say } from "../../state/toasts";
import { t } from "../../texts";
import { Button, IconButton } from "../parts/Controls";
import { Markdown } from "../parts/Markdown";
import parts from "../parts/parts.module.css";
import styles from "./run.module.css";

export function Notes({ place, run }: { place: Place; run: Run }) {
  const [draft, setDraft] = useState<string | null>(null);
  const save = async () => {
    if (draft === null) return;
    const notes = draft;
    setDraft(null);
    if (notes === (run.notes ?? "")) return;
    try {
      await edit(place, [run.id], { notes });
    } catch (error) {
      setDraft(notes);
      say(t.errors.failed((error as Error).message), { tone: "error" });
    }
  };
  return (
    <section className={parts.card} aria-labelledby="notes-title">
      <div className={styles.cardHead}>
        <h2 id="notes-title">{t.run.notes}</h2>
        {draft === null && (
          <IconButton icon="pencil" label={t.run.editNotes} onClick={() => setDraft(run.notes ?? "")} />
        )}
      </div>
      {draft === null ? (
        <div className={styles.notes} data-empty={!run.notes}>
          {run.notes ? <Markdown text={run.notes} /> : t.run.noNotes}
        </div>
      ) : (
        <>
          <textarea
            className={styles.notesEdit}
            aria-label={t.run.notesLabel}
            value={draft}
            // biome-ignore lint/a11y/noAutofocus: the reader asked to edit exactly this.
            autoFocus
            onChange={(event) => setDraft(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Escape") setDraft(null);
              if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) void save();
            }}
          />
          <div className={styles.notesFoot}>
            <span>{t.run.saveHint}</span>
            <Button onClick={() => setDraft(null)}>{t.actions.cancel}</Button>
            <Button look="primary" onClick={() => void save()}>
              {t.actions.save}
            </Button>
          </div>
        </>
      )}
    </section>
  );
}
