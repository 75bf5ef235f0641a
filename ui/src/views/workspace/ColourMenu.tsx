/** Gives one run or group a colour: of the palette, or one of the reader's own, which is made readable. */
import { Popover } from "@base-ui/react/popover";
import { useRef, useState } from "react";
import { useStore } from "zustand";
import type { Place } from "../../net/projects";
import { readableOn } from "../../series/colour";
import { colourRun, resetColours } from "../../series/layout";
import { HUES } from "../../state/slots";
import { arrange, workspaceStore } from "../../state/workspace";
import { t } from "../../texts";
import { Button } from "../parts/Controls";
import { useView } from "../parts/hooks";
import parts from "../parts/parts.module.css";
import ColourKeys from "./ColourKeys";
import styles from "./choices.module.css";
import { type ColourChoice, chooseColour } from "./colourChoice";
import { sortLabel } from "./SortMenu";

/** A colour that is dragged through is one change, not hundred. */
const REST_MS = 200;

export default function ColourMenu({
  place,
  id,
  name,
  hue,
  anchor,
}: ColourChoice & { place: Place; hue: number | null }) {
  const [byValue, setByValue] = useState(id === "");
  const by = useView((view) => view.colour);
  const colours = useStore(workspaceStore, (state) => state.layout.colours);
  const chosen = colours?.[id];
  const token = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const own = typeof chosen === "string" ? chosen : token(`--run-${hue ?? 1}`);
  const seen = readableOn(own, token("--panel"));
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  const give = (colour: number | string | null) => arrange((layout) => colourRun(layout, id, colour));
  return (
    <Popover.Root open onOpenChange={(open) => !open && chooseColour(null)}>
      <Popover.Portal>
        <Popover.Positioner anchor={anchor} align="start" sideOffset={4} style={{ zIndex: 20 }}>
          <Popover.Popup
            className={parts.menu}
            aria-label={byValue ? t.colours.by : t.colours.of(name)}
            finalFocus={{ current: anchor }}
          >
            {byValue ? (
              <ColourKeys place={place} onDone={() => chooseColour(null)} />
            ) : (
              <>
                <div className={styles.hues} role="group" aria-label={t.colours.palette}>
                  {Array.from({ length: HUES }, (_, i) => i + 1).map((one) => (
                    <button
                      key={one}
                      type="button"
                      aria-label={t.colours.hue(one)}
                      aria-pressed={chosen === undefined ? hue === one : chosen === one}
                      style={{ color: `var(--run-${one})` }}
                      onClick={() => give(one)}
                    />
                  ))}
                </div>
                <label className={styles.own}>
                  {t.colours.own}
                  <input
                    key={own}
                    type="color"
                    defaultValue={own}
                    onChange={({ target: { value } }) => {
                      clearTimeout(timer.current);
                      timer.current = setTimeout(() => give(value), REST_MS);
                    }}
                  />
                </label>
                {typeof chosen === "string" && seen !== chosen.toLowerCase() && (
                  <p className={styles.note}>{t.colours.adjusted}</p>
                )}
                <div className={styles.resets}>
                  <Button look="quiet" disabled={chosen === undefined} onClick={() => give(null)}>
                    {t.colours.reset}
                  </Button>
                  <Button look="quiet" disabled={colours === undefined} onClick={() => arrange(resetColours)}>
                    {t.colours.resetAll}
                  </Button>
                </div>
                <div className={styles.resets}>
                  <Button look="quiet" onClick={() => setByValue(true)}>
                    {t.colours.by}
                    {by ? ` ${sortLabel(by)}` : ""}…
                  </Button>
                </div>
              </>
            )}
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
