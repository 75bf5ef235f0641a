/** Switches of groups and classes, the least score, the masks' opacity: for all pictures of a key. */
import { useId } from "react";
import { useStore } from "zustand";
import { byName } from "../../series/names";
import { hueOfClass, toggled } from "../../series/pictures";
import { choiceOf, chooseOverlays, NOTHING_SEEN, overlayChoices, seenOverlays } from "../../state/overlays";
import { t } from "../../texts";
import { Button, Checkbox } from "../parts/Controls";
import { Icon } from "../parts/Icon";
import { Popover } from "../parts/Menus";
import workspace from "../workspace/workspace.module.css";
import styles from "./media.module.css";
import toggles from "./overlays.module.css";

/** Classes listed at most; a picture has rarely more. */
const LISTED = 200;

/** A button that opens the switches; nothing where nothing lies over the pictures. */
export function OverlayMenu({ mediaKey }: { mediaKey: string }) {
  const seen = useStore(seenOverlays, (all) => all[mediaKey] ?? NOTHING_SEEN);
  const choice = useStore(overlayChoices, (choices) => choiceOf(choices, mediaKey));
  const classes = Object.keys(seen.classes);
  if (Object.keys(seen.groups).length === 0) return null;
  const on = classes.filter((id) => !choice.hiddenClasses.includes(id)).length;
  const text = classes.length > 0 ? t.mediaPanels.classes(on, classes.length) : t.mediaPanels.overlays;
  return (
    <Popover
      label={t.mediaPanels.overlaysOf(mediaKey)}
      align="end"
      width={248}
      trigger={
        <Button look="quiet" aria-label={`${text}: ${t.mediaPanels.overlaysOf(mediaKey)}`}>
          {text}
          <Icon name="chevronDown" size={12} />
        </Button>
      }
    >
      <OverlayControls mediaKey={mediaKey} />
    </Popover>
  );
}

export function OverlayControls({ mediaKey }: { mediaKey: string }) {
  const seen = useStore(seenOverlays, (all) => all[mediaKey] ?? NOTHING_SEEN);
  const choice = useStore(overlayChoices, (choices) => choiceOf(choices, mediaKey));
  const groups = Object.entries(seen.groups).sort(([a], [b]) => byName(a, b));
  const classes = Object.entries(seen.classes).sort(([a], [b]) => byName(a, b));
  const allOn = classes.every(([id]) => !choice.hiddenClasses.includes(id));
  const anyOn = classes.some(([id]) => !choice.hiddenClasses.includes(id));
  return (
    <div className={styles.overlays}>
      {groups.map(([group, kind]) => (
        <Switched
          key={group}
          label={group}
          note={t.mediaPanels.groupKinds[kind]}
          on={!choice.hiddenGroups.includes(group)}
          onToggle={() => chooseOverlays(mediaKey, { hiddenGroups: toggled(choice.hiddenGroups, group) })}
        />
      ))}
      {seen.scored && (
        <Share
          label={t.mediaPanels.leastScore}
          value={choice.leastScore}
          onChange={(leastScore) => chooseOverlays(mediaKey, { leastScore })}
        />
      )}
      {groups.some(([, kind]) => kind === "masks") && (
        <Share
          label={t.mediaPanels.opacity}
          value={choice.opacity}
          onChange={(opacity) => chooseOverlays(mediaKey, { opacity })}
        />
      )}
      {classes.length > 0 && (
        <>
          <div className={toggles.classesHead}>
            <Switched
              label={t.mediaPanels.allClasses}
              note={String(classes.length)}
              on={allOn ? true : anyOn ? "mixed" : false}
              onToggle={() => chooseOverlays(mediaKey, { hiddenClasses: allOn ? classes.map(([id]) => id) : [] })}
            />
          </div>
          {classes.slice(0, LISTED).map(([id, name]) => (
            <Switched
              key={id}
              label={name || t.mediaPanels.noClass}
              hue={hueOfClass(id)}
              on={!choice.hiddenClasses.includes(id)}
              onToggle={() => chooseOverlays(mediaKey, { hiddenClasses: toggled(choice.hiddenClasses, id) })}
            />
          ))}
          {classes.length > LISTED && (
            <p className={toggles.more}>{t.mediaPanels.classesListed(LISTED, classes.length)}</p>
          )}
        </>
      )}
    </div>
  );
}

function Switched({
  label,
  note,
  hue,
  on,
  onToggle,
}: {
  label: string;
  note?: string;
  hue?: number;
  on: boolean | "mixed";
  onToggle: () => void;
}) {
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: the checkbox in it is for keys.
    <div className={toggles.switched} onClick={onToggle}>
      <Checkbox
        checked={on}
        label={label}
        onChange={(event) => {
          event.stopPropagation();
          onToggle();
        }}
      />
      {hue !== undefined && <i style={{ borderColor: `var(--run-${hue})` }} />}
      <span title={label}>{label}</span>
      {note && <small>{note}</small>}
    </div>
  );
}

function Share({ label, value, onChange }: { label: string; value: number; onChange: (value: number) => void }) {
  const id = useId();
  return (
    <div className={toggles.share}>
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="range"
        className={workspace.slider}
        min={0}
        max={1}
        step={0.05}
        value={value}
        style={{ "--share": `${value * 100}%` } as React.CSSProperties}
        onChange={(event) => onChange(Number(event.target.value))}
        onKeyDown={(event) => /^Arrow/.test(event.key) && event.stopPropagation()}
      />
      <output>{value.toFixed(2).replace(/^0/, "")}</output>
    </div>
  );
}
