/** Edits a scatter plot. */
import { t } from "../../texts";
import { ChoiceField, KeyField, SwitchField } from "./fields";
import type { PanelEditorProps } from "./kinds";
import { FRONTIERS, type Frontier } from "./ScatterPanel";
import { textOption, useKeyChoices } from "./values";

export default function ScatterEditor({ place, spec, onChange }: PanelEditorProps) {
  const keys = useKeyChoices(place, "config");
  const results = useKeyChoices(place, "summary");
  const set = (options: typeof spec.options) => onChange({ options: { ...spec.options, ...options } });
  return (
    <>
      <KeyField label={t.panelKinds.x} value={textOption(spec.options.x)} keys={keys} onChange={(x) => set({ x })} />
      <KeyField label={t.panelKinds.y} value={textOption(spec.options.y)} keys={results} onChange={(y) => set({ y })} />
      <KeyField
        label={t.panelKinds.strength}
        value={textOption(spec.options.z)}
        keys={results}
        optional
        onChange={(z) => set({ z })}
      />
      <SwitchField label={t.arrange.logX} on={spec.options.logX === true} onChange={(logX) => set({ logX })} />
      <SwitchField label={t.panels.log} on={spec.options.logY === true} onChange={(logY) => set({ logY })} />
      <ChoiceField
        label={t.panelKinds.frontier}
        value={(textOption(spec.options.frontier) || "none") as Frontier}
        of={FRONTIERS}
        texts={t.panelKinds.frontiers}
        onChange={(frontier) => set({ frontier })}
      />
    </>
  );
}
