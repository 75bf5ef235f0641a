/** Opens what can be done with one panel. */
import { lazy, type ReactNode, Suspense } from "react";
import type { PanelSpec } from "../../series/layout";
import { t } from "../../texts";
import { IconButton } from "../parts/Controls";
import { Menu } from "../parts/Menus";

const PanelEntries = lazy(() => import("./PanelEntries"));

export function PanelMenu({ spec, title, more }: { spec: PanelSpec; title: string; more?: ReactNode }) {
  return (
    <Menu align="end" trigger={<IconButton icon="more" label={t.arrange.more(title)} data-always />}>
      <Suspense fallback={null}>
        <PanelEntries spec={spec} more={more} />
      </Suspense>
    </Menu>
  );
}
