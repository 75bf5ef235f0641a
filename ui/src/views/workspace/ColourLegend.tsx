/** What the colours stand for while runs are coloured by a value. */
import { useMemo, useState } from "react";
import type { Place } from "../../net/projects";
import { colourScale } from "../../series/colourScale";
import { changeView } from "../../state/view";
import { t } from "../../texts";
import { Button, IconButton } from "../parts/Controls";
import { Popover } from "../parts/Menus";
import ColourKeys from "./ColourKeys";
import { colouredValue } from "./colouring";
import styles from "./colourLegend.module.css";
import type { DrawnRun } from "./runs";
import { sortLabel } from "./SortMenu";

export default function ColourLegend({ place, by, drawn }: { place: Place; by: string; drawn: DrawnRun[] }) {
  const [open, setOpen] = useState(false);
  const { parts } = useMemo(() => colourScale(drawn.map(({ row }) => colouredValue(row, by))), [drawn, by]);
  return (
    <section className={styles.legend} aria-label={t.colours.legend(sortLabel(by))}>
      <div className={styles.head}>
        <Popover
          label={t.colours.by}
          width={280}
          open={open}
          onOpenChange={setOpen}
          trigger={
            <Button look="quiet" title={by}>
              {t.colours.by} <strong>{sortLabel(by)}</strong>
            </Button>
          }
        >
          <ColourKeys place={place} onDone={() => setOpen(false)} />
        </Popover>
        <IconButton icon="close" label={t.colours.each} onClick={() => changeView({ colour: null })} />
      </div>
      <ul>
        {parts.map(({ hue, label, runs, others }) => {
          const text = others ? t.colours.others(others) : (label ?? t.colours.none);
          return (
            <li key={`${hue} ${label}`} title={text}>
              <i style={{ background: `var(--run-${hue})` }} />
              <span>{text}</span>
              <small>{runs}</small>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
