/** A text in Markdown on a sheet of its own, edited where it stands. */
import { useState } from "react";
import { say } from "../../state/toasts";
import { t } from "../../texts";
import { Card } from "./Card";
import { Button, IconButton } from "./Controls";
import styles from "./card.module.css";
import { Markdown } from "./Markdown";

export function EditedMarkdown({
  id,
  title,
  text,
  empty,
  editLabel,
  inputLabel,
  isLong,
  writable = true,
  onSave,
}: {
  /** Of the heading. */
  id: string;
  title: string;
  text: string;
  /** What stands there while there is no text. */
  empty: string;
  editLabel: string;
  inputLabel: string;
  /** Whether it is a page rather than a note. */
  isLong?: boolean;
  writable?: boolean;
  /** Keeps the text; what it throws is said, and the draft stays. */
  onSave: (text: string) => Promise<void>;
}) {
  const [draft, setDraft] = useState<string | null>(null);
  const save = async () => {
    if (draft === null) return;
    const written = draft;
    setDraft(null);
    if (written === text) return;
    try {
      await onSave(written);
    } catch (error) {
      setDraft(written);
      say(t.errors.failed((error as Error).message), { tone: "error" });
    }
  };
  return (
    <Card
      id={id}
      title={title}
      aside={
        draft === null && writable && <IconButton icon="pencil" label={editLabel} onClick={() => setDraft(text)} />
      }
    >
      {draft === null ? (
        <div className={styles.text} data-empty={!text}>
          {text ? <Markdown text={text} /> : empty}
        </div>
      ) : (
        <>
          <textarea
            className={styles.edit}
            data-long={isLong}
            aria-label={inputLabel}
            value={draft}
            // biome-ignore lint/a11y/noAutofocus: the reader asked to edit exactly this.
            autoFocus
            onChange={(event) => setDraft(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Escape") setDraft(null);
              if (event.key === "Enter" && (event.metaKey || event.ctrlKey)) void save();
            }}
          />
          <div className={styles.foot}>
            <span>{t.run.saveHint}</span>
            <Button onClick={() => setDraft(null)}>{t.actions.cancel}</Button>
            <Button look="primary" onClick={() => void save()}>
              {t.actions.save}
            </Button>
          </div>
        </>
      )}
    </Card>
  );
}
