/** The x range of all charts: everything, only what the shortest run has, or each run from start to end. */
import { changeView, viewStore, type XAxis } from "../../state/view";
import { t } from "../../texts";
import { Button } from "../parts/Controls";
import { useView } from "../parts/hooks";
import { Icon } from "../parts/Icon";
import { Menu, MenuItem } from "../parts/Menus";
import { panelLines } from "./panelLines";

/** From how many times the shortest line the longest one hides it. */
const UNEVEN = 10;

/** Gives where the shortest and the longest drawn line over an axis end. */
function endsOf(x: XAxis): [number, number] | null {
  let shortest = Number.POSITIVE_INFINITY;
  let longest = Number.NEGATIVE_INFINITY;
  for (const panel of panelLines.values()) {
    if (panel.x !== x) continue;
    for (const line of panel.lines) {
      const last = line.x[line.x.length - 1];
      if (last === undefined || line.x.length < 2) continue;
      shortest = Math.min(shortest, last);
      longest = Math.max(longest, last);
    }
  }
  return shortest <= longest ? [shortest, longest] : null;
}

export function FitMenu({ base }: { base: XAxis }) {
  const zoom = useView((view) => view.zoom);
  const shortest = () => {
    const ends = endsOf(base);
    if (ends && ends[0] > 0) changeView({ zoom: [0, ends[0]], zoomed: null });
  };
  const ends = endsOf(base);
  const uneven = base !== "timestamp" && ends !== null && ends[1] > ends[0] * UNEVEN;
  return (
    <Menu
      trigger={
        <Button look="quiet" title={t.panels.fitTitle}>
          <Icon name="fit" size={14} />
          {zoom ? t.panels.zoomed : t.panels.fit}
          <Icon name="chevronDown" size={12} />
        </Button>
      }
    >
      <MenuItem checked={!zoom} onSelect={() => changeView({ zoom: null, zoomed: null })} tail="f">
        {t.panels.fit}
      </MenuItem>
      {base !== "timestamp" && (
        <MenuItem checked={false} onSelect={shortest} tail={uneven ? t.panels.uneven : undefined}>
          {t.panels.fitShortest}
        </MenuItem>
      )}
      <MenuItem
        checked={base === "percent"}
        onSelect={() => changeView({ x: base === "percent" ? null : "percent", zoom: null, zoomed: null })}
      >
        {t.panels.fitPercent}
      </MenuItem>
      <MenuItem checked={viewStore.getState().logX} onSelect={() => changeView({ logX: !viewStore.getState().logX })}>
        {t.arrange.logX}
      </MenuItem>
    </Menu>
  );
}
