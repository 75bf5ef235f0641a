/** One line of a form, with what may be chosen. */
import { useId } from "react";
import styles from "./form.module.css";
import parts from "./parts.module.css";

export function Field({
  label,
  hint,
  value,
  choices,
  first,
  onChange,
}: {
  label: string;
  hint?: string;
  value: string;
  /** What is offered while one types. */
  choices?: string[];
  /** Whether typing begins here. */
  first?: boolean;
  onChange: (value: string) => void;
}) {
  const id = useId();
  return (
    <label className={styles.field}>
      {label}
      <div className={parts.input}>
        <input
          // biome-ignore lint/a11y/noAutofocus: the reader opened the form to type here.
          autoFocus={first}
          value={value}
          placeholder={hint}
          list={choices ? id : undefined}
          spellCheck={false}
          autoComplete="off"
          onChange={(event) => onChange(event.target.value)}
        />
        {choices && (
          <datalist id={id}>
            {choices.map((choice) => (
              <option key={choice} value={choice} />
            ))}
          </datalist>
        )}
      </div>
    </label>
  );
}
