/** Edits a bar chart. */
import { t } from "../../texts";
import { ChoiceField, KeyField, KeysField } from "./fields";
import type { PanelEditorProps } from "./kinds";
import { listOption, textOption, useKeyChoices } from "./values";

export default function BarEditor({ place, spec, onChange }: PanelEditorProps) {
  const results = useKeyChoices(place, "summary");
  const keys = useKeyChoices(place, "config");
  const set = (options: typeof spec.options) => onChange({ options: { ...spec.options, ...options } });
  return (
    <>
      <KeyField
        label={t.panelKinds.value}
        value={textOption(spec.options.key)}
        keys={results}
        onChange={(key) => set({ key })}
      />
      <KeysField
        label={t.panelKinds.groupBy}
        values={listOption(spec.options.group)}
        keys={keys}
        onChange={(group) => set({ group })}
      />
      <ChoiceField
        label={t.panelKinds.barStyle}
        value={spec.options.style === "box" ? "box" : "bar"}
        of={["bar", "box"] as const}
        texts={t.panelKinds.barStyles}
        onChange={(style) => set({ style })}
      />
    </>
  );
}
