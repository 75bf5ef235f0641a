/** Everything about one panel: its title, what its kind needs, and what it does differently from the others. */
import { Suspense } from "react";
import type { Place } from "../../net/projects";
import type { Metric } from "../../net/shapes";
import type { PanelEntry, PanelSpec } from "../../series/layout";
import { changePanel } from "../../series/layout";
import { arrange } from "../../state/workspace";
import { t } from "../../texts";
import { usePanelActions } from "../workspace/panelActions";
import { Drawer } from "./Drawer";
import { KINDS } from "./kinds";
import { LineEditor } from "./LineEditor";
import styles from "./panels.module.css";
import { SettingsForm } from "./SettingsForm";

export default function PanelEditor({
  place,
  spec,
  metrics,
  onClose,
}: {
  place: Place;
  spec: PanelSpec;
  metrics: Metric[];
  onClose: () => void;
}) {
  const change = (changes: Partial<PanelEntry>) => arrange((layout) => changePanel(layout, spec.id, changes));
  const { sections } = usePanelActions();
  const Editor = KINDS[spec.kind]?.Editor;
  return (
    <Drawer title={t.arrange.editing(spec.title || t.arrange.kinds[spec.kind])} onClose={onClose}>
      <label className={styles.field}>
        {t.arrange.title}
        <input
          key={spec.id}
          defaultValue={spec.title}
          onChange={(event) => change({ title: event.target.value.trim() || undefined })}
        />
      </label>
      <Suspense fallback={null}>
        {Editor && <Editor key={spec.id} place={place} spec={spec} metrics={metrics} onChange={change} />}
        {spec.kind === "line" && <LineEditor key={spec.id} spec={spec} metrics={metrics} onChange={change} />}
      </Suspense>
      {spec.kind === "line" && (
        <SettingsForm
          settings={spec.settings}
          inherited={sections.find(({ id }) => id === spec.section)?.settings}
          metrics={metrics}
          ranges
          onChange={(settings) => change({ settings: { ...spec.settings, ...settings } })}
        />
      )}
    </Drawer>
  );
}
