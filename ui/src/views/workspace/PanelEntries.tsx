/** The entries of a panel's menu, which come when it is opened. */
import type { ReactNode } from "react";
import { MAX_TALL, MAX_WIDE, type PanelSpec, PINNED } from "../../series/layout";
import { say } from "../../state/toasts";
import { viewStore, writeView } from "../../state/view";
import { t } from "../../texts";
import { copyText } from "../parts/Controls";
import { MenuItem, MenuRule, MenuTitle } from "../parts/Menus";
import { focusOf, usePanelActions } from "./panelActions";
import { sectionTitle } from "./sectionTitle";

export default function PanelEntries({ spec, more }: { spec: PanelSpec; more?: ReactNode }) {
  const actions = usePanelActions();
  const others = actions.sections.filter(({ id }) => id !== spec.section && id !== PINNED);
  const size = (wide: number, tall: number) => actions.resize(spec, wide, tall);
  return (
    <>
      <MenuItem onSelect={() => actions.edit(spec)}>{t.arrange.edit}</MenuItem>
      <MenuItem onSelect={() => actions.pin(spec)}>
        {spec.section === PINNED ? t.arrange.unpin : t.arrange.pin}
      </MenuItem>
      <MenuItem onSelect={() => actions.duplicate(spec)}>{t.arrange.duplicate}</MenuItem>
      <MenuItem onSelect={() => void copyLink(spec)}>{t.arrange.copyLink}</MenuItem>
      <MenuRule />
      <MenuItem keepOpen onSelect={() => actions.shift(spec, -1)}>
        {t.arrange.before}
      </MenuItem>
      <MenuItem keepOpen onSelect={() => actions.shift(spec, 1)}>
        {t.arrange.after}
      </MenuItem>
      {spec.wide < MAX_WIDE && (
        <MenuItem keepOpen onSelect={() => size(spec.wide + 1, spec.tall)}>
          {t.arrange.wider}
        </MenuItem>
      )}
      {spec.wide > 1 && (
        <MenuItem keepOpen onSelect={() => size(spec.wide - 1, spec.tall)}>
          {t.arrange.narrower}
        </MenuItem>
      )}
      {spec.tall < MAX_TALL && (
        <MenuItem keepOpen onSelect={() => size(spec.wide, spec.tall + 1)}>
          {t.arrange.taller}
        </MenuItem>
      )}
      {spec.tall > 1 && (
        <MenuItem keepOpen onSelect={() => size(spec.wide, spec.tall - 1)}>
          {t.arrange.shorter}
        </MenuItem>
      )}
      {others.length > 0 && (
        <>
          <MenuRule />
          <MenuTitle>{t.arrange.moveTo}</MenuTitle>
          {others.slice(0, 12).map((section) => (
            <MenuItem key={section.id} onSelect={() => actions.move(spec.id, section.id, null)}>
              {sectionTitle(section)}
            </MenuItem>
          ))}
        </>
      )}
      {more && (
        <>
          <MenuRule />
          {more}
        </>
      )}
      <MenuRule />
      <MenuItem danger onSelect={() => actions.remove(spec)}>
        {t.arrange.remove}
      </MenuItem>
    </>
  );
}

/** Copies the address that opens the panel full screen, among what is shown now. */
async function copyLink(spec: PanelSpec): Promise<void> {
  const { origin, pathname } = window.location;
  const address = origin + pathname + writeView({ ...viewStore.getState(), focus: focusOf(spec.id) });
  if (await copyText(address)) say(t.linkCopied);
}
