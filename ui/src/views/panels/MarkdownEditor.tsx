/** Edits the text of a text panel. */
import { t } from "../../texts";
import type { PanelEditorProps } from "./kinds";
import styles from "./panels.module.css";

export default function MarkdownEditor({ spec, onChange }: PanelEditorProps) {
  return (
    <label className={styles.field}>
      {t.arrange.text}
      <textarea
        rows={14}
        defaultValue={typeof spec.options.text === "string" ? spec.options.text : ""}
        onChange={(event) => onChange({ options: { ...spec.options, text: event.target.value } })}
      />
    </label>
  );
}
