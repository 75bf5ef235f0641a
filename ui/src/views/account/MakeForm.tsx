/** A line above a table that makes one more of what it lists, by its name. */
import type { ReactNode } from "react";
import { t } from "../../texts";
import { Button } from "../parts/Controls";
import styles from "./settings.module.css";

const LONGEST_NAME = 128;

export function MakeForm({
  label,
  hint,
  action,
  onMake,
  onCancel,
  children,
}: {
  label: string;
  hint: string;
  action: string;
  onMake: (name: string, form: FormData) => void;
  onCancel: () => void;
  /** Further fields. */
  children?: ReactNode;
}) {
  return (
    <form
      className={styles.making}
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        onMake(String(form.get("name") ?? "").trim(), form);
      }}
    >
      <input
        name="name"
        required
        maxLength={LONGEST_NAME}
        // biome-ignore lint/a11y/noAutofocus: the reader just asked for this field.
        autoFocus
        aria-label={label}
        placeholder={`${label}, ${hint}`}
        autoComplete="off"
        spellCheck={false}
      />
      {children}
      <Button look="primary" type="submit">
        {action}
      </Button>
      <Button onClick={onCancel}>{t.actions.cancel}</Button>
    </form>
  );
}
