/** How all charts draw: what the toolbar has no room for. A section or a panel may say otherwise. */
import { lazy, Suspense, useState } from "react";
import { useStore } from "zustand";
import { resetColours } from "../../series/layout";
import { AGGREGATES, BANDS, changeView, SMOOTHINGS, TIPS } from "../../state/view";
import { arrange, workspaceStore } from "../../state/workspace";
import { t } from "../../texts";
import { IconButton } from "../parts/Controls";
import { useView } from "../parts/hooks";
import { Menu, MenuItem, MenuRule, MenuTitle } from "../parts/Menus";

const WorkspaceNames = lazy(() => import("../panels/WorkspaceNames"));

export function LookMenu() {
  const view = useView((all) => all);
  const [naming, setNaming] = useState(false);
  const colours = useStore(workspaceStore, ({ layout }) => layout.colours !== undefined);
  return (
    <>
      <Menu align="end" trigger={<IconButton icon="gear" label={t.arrange.look} />}>
        <MenuTitle>{t.arrange.smoothing}</MenuTitle>
        {SMOOTHINGS.map((one) => (
          <MenuItem key={one} keepOpen checked={view.smoothing === one} onSelect={() => changeView({ smoothing: one })}>
            {t.arrange.smoothings[one]}
          </MenuItem>
        ))}
        <MenuItem keepOpen checked={view.original} onSelect={() => changeView({ original: !view.original })}>
          {t.arrange.original}
        </MenuItem>
        <MenuRule />
        <MenuTitle>{t.arrange.tip}</MenuTitle>
        {TIPS.map((one) => (
          <MenuItem key={one} keepOpen checked={view.tip === one} onSelect={() => changeView({ tip: one })}>
            {t.arrange.tips[one]}
          </MenuItem>
        ))}
        <MenuItem onSelect={() => setNaming(true)}>{t.legends.all}</MenuItem>
        {colours && <MenuItem onSelect={() => arrange(resetColours)}>{t.colours.resetAll}</MenuItem>}
        {view.group.length > 0 && (
          <>
            <MenuRule />
            <MenuTitle>{t.arrange.aggregate}</MenuTitle>
            {AGGREGATES.map((one) => (
              <MenuItem
                key={one}
                keepOpen
                checked={view.aggregate === one}
                onSelect={() => changeView({ aggregate: one })}
              >
                {t.arrange.aggregates[one]}
              </MenuItem>
            ))}
            <MenuTitle>{t.arrange.band}</MenuTitle>
            {BANDS.map((one) => (
              <MenuItem key={one} keepOpen checked={view.band === one} onSelect={() => changeView({ band: one })}>
                {t.arrange.bands[one]}
              </MenuItem>
            ))}
          </>
        )}
      </Menu>
      {naming && (
        <Suspense fallback={null}>
          <WorkspaceNames onClose={() => setNaming(false)} />
        </Suspense>
      )}
    </>
  );
}
