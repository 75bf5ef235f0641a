/** Goes through the steps that there are: by dragging, by arrow keys, by two buttons. */
import { figure } from "../../series/format";
import { countUpTo, stepBy } from "../../series/steps";
import { t } from "../../texts";
import { IconButton } from "../parts/Controls";
import workspace from "../workspace/workspace.module.css";
import styles from "./media.module.css";

/** Logged steps up to this many get a tick each. */
const TICKS = 60;

export function StepSlider({
  label,
  steps,
  at,
  onMove,
}: {
  label: string;
  steps: readonly number[];
  at: number | null;
  onMove: (step: number | null) => void;
}) {
  const last = steps.length - 1;
  const place = at === null ? last : Math.max(countUpTo(steps, at) - 1, 0);
  const shown = steps[place];
  // At the end it follows what is still to come.
  const go = (to: number) => onMove(to >= last ? null : (steps[to] ?? null));
  const step = (by: number) => {
    const to = stepBy(steps, at, by);
    onMove(to === steps[last] ? null : to);
  };
  const text = shown === undefined ? "" : t.mediaPanels.step(figure(shown, 12));
  return (
    <div className={styles.slider}>
      <IconButton icon="chevronLeft" label={t.mediaPanels.back} disabled={place <= 0} onClick={() => step(-1)} />
      <IconButton icon="chevronRight" label={t.mediaPanels.forward} disabled={place >= last} onClick={() => step(1)} />
      <span className={styles.track}>
        <input
          type="range"
          className={workspace.slider}
          aria-label={label}
          aria-valuetext={text}
          min={0}
          max={Math.max(last, 0)}
          step={1}
          value={Math.max(place, 0)}
          disabled={last <= 0}
          style={{ "--share": `${last > 0 ? (place / last) * 100 : 0}%` } as React.CSSProperties}
          onChange={(event) => go(Number(event.target.value))}
          onPointerUp={(event) => go(Number(event.currentTarget.value))}
          onKeyDown={(event) => {
            // Arrows are its own here, not the page's.
            if (/^(Arrow|Home|End|Page)/.test(event.key)) event.stopPropagation();
            // What it moves may have gone elsewhere by itself: the end where it stands is to be reached too.
            if (place >= last && /^(ArrowRight|ArrowUp|End)$/.test(event.key)) go(last);
            if (place <= 0 && /^(ArrowLeft|ArrowDown|Home)$/.test(event.key)) go(0);
          }}
        />
        {last > 0 && last <= TICKS && (
          <span className={styles.ticks} aria-hidden="true">
            {steps.map((one, i) => (
              <i key={one} style={{ left: `${(i / last) * 100}%` }} />
            ))}
          </span>
        )}
      </span>
      <output>{text}</output>
      {last > 0 && <small>{t.mediaPanels.ofSteps(place + 1, steps.length)}</small>}
    </div>
  );
}
