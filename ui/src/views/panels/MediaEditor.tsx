/** Chooses whose media a panel shows: one of the keys that the drawn runs have. */
import { byName } from "../../series/names";
import { t } from "../../texts";
import { useGridMediaHere } from "../workspace/gridMedia";
import { keysOf } from "../workspace/panelSeries";
import { KeyField } from "./fields";
import type { PanelEditorProps } from "./kinds";

export default function MediaEditor({ spec, onChange }: PanelEditorProps) {
  const { keys } = useGridMediaHere();
  return (
    <KeyField
      label={t.mediaPanels.key}
      value={keysOf(spec.options)[0] ?? ""}
      keys={keys.map(({ key }) => key).sort(byName)}
      onChange={(key) => onChange({ options: { ...spec.options, keys: [key] } })}
    />
  );
}
