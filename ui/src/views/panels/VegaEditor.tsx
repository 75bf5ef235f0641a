/** Edits a chart of the reader's own. */
import { t } from "../../texts";
import { KeysField } from "./fields";
import type { PanelEditorProps } from "./kinds";
import styles from "./panels.module.css";
import { listOption, textOption, useKeyChoices } from "./values";

export default function VegaEditor({ place, spec, onChange }: PanelEditorProps) {
  const keys = useKeyChoices(place, "summary");
  const set = (options: typeof spec.options) => onChange({ options: { ...spec.options, ...options } });
  return (
    <>
      <KeysField
        label={t.panelKinds.columns}
        values={listOption(spec.options.keys)}
        keys={keys}
        onChange={(next) => set({ keys: next })}
      />
      <label className={styles.field}>
        {t.panelKinds.vegaSpec}
        <textarea
          rows={16}
          spellCheck={false}
          defaultValue={textOption(spec.options.spec)}
          placeholder={t.panelKinds.vegaHint}
          onChange={(event) => set({ spec: event.target.value })}
        />
      </label>
    </>
  );
}
