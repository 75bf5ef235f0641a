/** Edits the axes of parallel coordinates. */
import { t } from "../../texts";
import { KeysField } from "./fields";
import type { PanelEditorProps } from "./kinds";
import { listOption, useKeyChoices } from "./values";

export default function ParallelEditor({ place, spec, onChange }: PanelEditorProps) {
  const keys = useKeyChoices(place, "config");
  const set = (options: typeof spec.options) => onChange({ options: { ...spec.options, ...options } });
  const chosen = listOption(spec.options.keys);
  return (
    <>
      <KeysField label={t.panelKinds.axes} values={chosen} keys={keys} onChange={(next) => set({ keys: next })} />
      <KeysField
        label={t.panelKinds.logAxes}
        values={listOption(spec.options.log)}
        keys={chosen.length > 0 ? chosen : keys}
        onChange={(log) => set({ log })}
      />
    </>
  );
}
