/** What a chart groups runs by: as the workspace does, by keys of its own, or not at all. */
import { useStore } from "zustand";
import type { PanelSettings } from "../../series/layout";
import { workspaceStore } from "../../state/workspace";
import { t } from "../../texts";
import { useView } from "../parts/hooks";
import { KeysField } from "./fields";
import { Row } from "./rows";
import { useKeyChoices } from "./values";

type Way = "" | "none" | "keys";

export function GroupField({
  settings,
  onChange,
}: {
  settings: PanelSettings;
  onChange: (changes: PanelSettings) => void;
}) {
  const place = useStore(workspaceStore, (state) => state.place)!;
  const inherited = useView((view) => view.group);
  const keys = useKeyChoices(place, "config");
  const { group } = settings;
  const way: Way = group === undefined ? "" : group.length === 0 ? "none" : "keys";
  // Of the workspace's keys, or of the first there is: a list of none would say "each run".
  const first = inherited.length > 0 ? inherited : keys.slice(0, 1);
  const ways: Record<Way, string[] | undefined> = { "": undefined, none: [], keys: first };
  return (
    <>
      <Row label={t.arrange.grouped} name="group" settings={settings} onChange={onChange}>
        <select
          aria-label={t.arrange.grouped}
          value={way}
          onChange={(event) => onChange({ group: ways[event.target.value as Way] })}
        >
          <option value="">{t.arrange.inherited}</option>
          <option value="none">{t.arrange.ungrouped}</option>
          {first.length > 0 && <option value="keys">{t.arrange.byKeys}</option>}
        </select>
      </Row>
      {way === "keys" && (
        <KeysField
          label={t.panelKinds.groupBy}
          values={group!}
          keys={keys}
          onChange={(next) => onChange({ group: next })}
        />
      )}
    </>
  );
}
