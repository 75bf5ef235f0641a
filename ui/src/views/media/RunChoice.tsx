/** Chooses one of the compared: which run, and whether it follows the slider or stays at a step. */
import { figure } from "../../series/format";
import { newestUpTo } from "../../series/steps";
import { t } from "../../texts";
import { IconButton } from "../parts/Controls";
import { Icon } from "../parts/Icon";
import { Menu, MenuItem, MenuRule, MenuTitle } from "../parts/Menus";
import { RunName, Swatch } from "../parts/RunMarks";
import type { DrawnRun } from "../workspace/runs";
import styles from "./pictureCompare.module.css";
import type { ComparedItem } from "./useCompared";

/** Steps that the menu lists; evenly many of more. */
const STEPS_LISTED = 12;

export function RunChoice({
  item,
  runs,
  at,
  onChange,
  onRemove,
}: {
  item: ComparedItem;
  runs: DrawnRun[];
  /** The slider's step. */
  at: number | null;
  onChange: (change: { run: string; step: number | null }) => void;
  onRemove?: () => void;
}) {
  const { drawn, step, steps } = item;
  const shown = newestUpTo(steps, step ?? at);
  const name = drawn.row.name;
  const listed = [...new Set([step ?? shown ?? steps[0]!, ...evenly(steps, STEPS_LISTED)])].sort((a, b) => a - b);
  return (
    <>
      <Menu
        trigger={
          <button type="button" className={styles.choice}>
            <span className="visually-hidden">{t.pictureCompare.run}</span>
            <Swatch look={drawn.look} />
            <RunName name={name} length={24} />
            {shown !== null && <small>{t.mediaPanels.step(figure(shown, 12))}</small>}
            <Icon name="chevronDown" size={12} />
          </button>
        }
      >
        <MenuTitle>{t.pictureCompare.runs}</MenuTitle>
        {runs.map(({ row }) => (
          <MenuItem key={row.id} checked={row.id === item.run} onSelect={() => onChange({ run: row.id, step })}>
            {row.name}
          </MenuItem>
        ))}
        {steps.length > 1 && (
          <>
            <MenuRule />
            <MenuItem checked={step === null} onSelect={() => onChange({ run: item.run, step: null })}>
              {t.pictureCompare.follows}
            </MenuItem>
            {listed.map((one) => (
              <MenuItem key={one} checked={step === one} onSelect={() => onChange({ run: item.run, step: one })}>
                {t.pictureCompare.stays(figure(one, 12))}
              </MenuItem>
            ))}
          </>
        )}
      </Menu>
      {onRemove && <IconButton icon="close" label={t.pictureCompare.remove(name)} onClick={onRemove} />}
    </>
  );
}

function evenly(steps: readonly number[], most: number): number[] {
  if (steps.length <= most) return [...steps];
  return Array.from({ length: most }, (_, i) => steps[Math.round((i * (steps.length - 1)) / (most - 1))]!);
}
