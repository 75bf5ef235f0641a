/** Edits what parameters are rated for. */
import { t } from "../../texts";
import { KeyField } from "./fields";
import type { PanelEditorProps } from "./kinds";
import { textOption, useKeyChoices } from "./values";

export default function ImportanceEditor({ place, spec, onChange }: PanelEditorProps) {
  const keys = useKeyChoices(place, "summary");
  return (
    <KeyField
      label={t.panelKinds.target}
      value={textOption(spec.options.target)}
      keys={keys}
      onChange={(target) => onChange({ options: { ...spec.options, target } })}
    />
  );
}
