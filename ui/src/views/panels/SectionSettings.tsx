/** What the charts of one section do differently from the workspace. */
import type { Metric } from "../../net/shapes";
import { changeSection, type Section } from "../../series/layout";
import { arrange } from "../../state/workspace";
import { t } from "../../texts";
import { sectionTitle } from "../workspace/sectionTitle";
import { Drawer } from "./Drawer";
import { SettingsForm } from "./SettingsForm";

export default function SectionSettings({
  section,
  metrics,
  onClose,
}: {
  section: Section;
  metrics: Metric[];
  onClose: () => void;
}) {
  return (
    <Drawer title={t.arrange.settingsOf(sectionTitle(section))} onClose={onClose}>
      <SettingsForm
        settings={section.settings}
        metrics={metrics}
        onChange={(settings) =>
          arrange((layout) => changeSection(layout, section.id, { settings: { ...section.settings, ...settings } }))
        }
      />
    </Drawer>
  );
}
