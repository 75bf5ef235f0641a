/** A section of panels: its head with what can be done with it, and a place to drop panels into. */
import { lazy, type ReactNode, Suspense, useState } from "react";
import { count } from "../../series/format";
import { changeSection, type Section } from "../../series/layout";
import type { PackedSection } from "../../series/packing";
import { arrange } from "../../state/workspace";
import { t } from "../../texts";
import { IconButton } from "../parts/Controls";
import { Icon } from "../parts/Icon";
import { Menu } from "../parts/Menus";
import { PANEL_DRAG, usePanelActions } from "./panelActions";
import { sectionTitle } from "./sectionTitle";
import styles from "./workspace.module.css";

const SectionEntries = lazy(() => import("./SectionEntries"));
const SectionSteps = lazy(() => import("../media/SectionSteps"));

/** A section's name, and what pressing it does for those who don't see the arrow. */
export function Said({ name, around: [before, after] }: { name: string; around: string[] }) {
  return (
    <span>
      <span className="visually-hidden">{before}</span>
      {name}
      <span className="visually-hidden">{after}</span>
    </span>
  );
}

export function SectionView({
  section,
  columns,
  onFold,
  onAdd,
  onSettings,
  children,
}: {
  section: PackedSection;
  columns: number;
  onFold: () => void;
  onAdd: (section: Section) => void;
  onSettings: (section: Section) => void;
  children: ReactNode;
}) {
  const actions = usePanelActions();
  const [naming, setNaming] = useState(false);
  const [over, setOver] = useState(false);
  const name = sectionTitle(section);
  const rename = (to: string) => {
    setNaming(false);
    if (to.trim() && to.trim() !== name) arrange((layout) => changeSection(layout, section.id, { name: to.trim() }));
  };
  return (
    <section
      className={styles.section}
      style={{ gridColumn: `span ${Math.min(section.span, columns)}` }}
      aria-label={name}
      data-over={over || undefined}
      onDragOver={(event) => {
        if (!event.dataTransfer.types.includes(PANEL_DRAG)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false);
        const moved = event.dataTransfer.getData(PANEL_DRAG);
        if (!moved) return;
        event.preventDefault();
        actions.move(moved, section.id, null);
      }}
    >
      <div className={styles.sectionHead}>
        {naming ? (
          <input
            className={styles.sectionName}
            aria-label={t.arrange.renameLabel}
            defaultValue={name}
            // biome-ignore lint/a11y/noAutofocus: the reader just asked for this field.
            autoFocus
            onBlur={(event) => rename(event.target.value)}
            onKeyDown={(event) => {
              if (event.key === "Enter") rename(event.currentTarget.value);
              if (event.key === "Escape") setNaming(false);
            }}
          />
        ) : (
          <button type="button" aria-expanded={true} onClick={onFold}>
            <Icon name="chevronDown" size={14} />
            <Said name={name} around={t.panels.fold} />
            <small>{count(section.panels.length)}</small>
          </button>
        )}
        {section.panels.filter(({ kind }) => kind === "media").length > 1 && (
          <Suspense fallback={null}>
            <SectionSteps section={section.id} title={name} />
          </Suspense>
        )}
        <span className={styles.sectionMore}>
          <Menu trigger={<IconButton icon="more" label={t.arrange.section(name)} />}>
            <Suspense fallback={null}>
              <SectionEntries
                section={section}
                onRename={() => setNaming(true)}
                onAdd={onAdd}
                onSettings={onSettings}
              />
            </Suspense>
          </Menu>
        </span>
      </div>
      {children}
      {section.panels.length === 0 && <p className={styles.sectionEmpty}>{t.arrange.emptySection}</p>}
    </section>
  );
}
