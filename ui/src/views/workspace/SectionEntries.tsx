/** The entries of a section's menu, which come when it is opened. */
import { addSection, PINNED, removeSection, type Section, sortSection } from "../../series/layout";
import { arrange } from "../../state/workspace";
import { t } from "../../texts";
import { MenuItem, MenuRule } from "../parts/Menus";
import { newId, usePanelActions } from "./panelActions";

export default function SectionEntries({
  section,
  onRename,
  onAdd,
  onSettings,
}: {
  section: Section;
  onRename: () => void;
  onAdd: (section: Section) => void;
  onSettings: (section: Section) => void;
}) {
  const actions = usePanelActions();
  const after = actions.sections[actions.sections.findIndex(({ id }) => id === section.id) + 1];
  return (
    <>
      <MenuItem onSelect={() => onAdd(section)}>{t.arrange.addPanelHere}</MenuItem>
      <MenuItem onSelect={() => onSettings(section)}>{t.arrange.settings}</MenuItem>
      <MenuRule />
      {section.id !== PINNED && <MenuItem onSelect={onRename}>{t.arrange.rename}</MenuItem>}
      <MenuItem onSelect={() => arrange((layout) => sortSection(layout, section, false))}>{t.arrange.sortAz}</MenuItem>
      <MenuItem onSelect={() => arrange((layout) => sortSection(layout, section, true))}>{t.arrange.sortZa}</MenuItem>
      {section.id !== PINNED && (
        <>
          <MenuItem keepOpen onSelect={() => actions.moveSection(section, -1)}>
            {t.arrange.sectionUp}
          </MenuItem>
          <MenuItem keepOpen onSelect={() => actions.moveSection(section, 1)}>
            {t.arrange.sectionDown}
          </MenuItem>
        </>
      )}
      <MenuRule />
      <MenuItem
        onSelect={() =>
          arrange((layout) => addSection(layout, actions.sections, newId(), t.arrange.newSection, after?.id ?? null))
        }
      >
        {t.arrange.addSection}
      </MenuItem>
      {section.id !== PINNED && (
        <MenuItem
          onSelect={() =>
            arrange((layout) => addSection(layout, actions.sections, newId(), t.arrange.newSection, section.id))
          }
        >
          {t.arrange.addSectionAbove}
        </MenuItem>
      )}
      <MenuItem danger onSelect={() => arrange((layout) => removeSection(layout, section))}>
        {t.arrange.removeSection}
      </MenuItem>
    </>
  );
}
