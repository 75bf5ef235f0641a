/** Writes a mark on a chart, or changes, moves or removes the one that is there. */
import { Popover } from "@base-ui/react/popover";
import { useMemo, useState } from "react";
import { changeMark, MAX_MARK_TEXT, MAX_MARKS, type Mark } from "../../series/marks";
import { t } from "../../texts";
import { Button } from "../parts/Controls";
import parts from "../parts/parts.module.css";
import styles from "./choices.module.css";
import { chooseMark, type MarkChoice } from "./markChoice";

export default function MarkMenu({
  open: { x, clientX, clientY },
  over,
  marks,
  at,
  onChange,
}: {
  open: MarkChoice;
  over: string;
  marks: readonly Mark[];
  /** The mark that stands there already. */
  at: number | null;
  onChange: (marks: Mark[]) => void;
}) {
  const before = at === null ? null : (marks[at] ?? null);
  const [text, setText] = useState(before?.text ?? "");
  const [place, setPlace] = useState(String(before?.x ?? x));
  const anchor = useMemo(
    () => ({ getBoundingClientRect: () => new DOMRect(clientX, clientY, 0, 0) }),
    [clientX, clientY],
  );
  const close = () => chooseMark(null);
  const isPlace = place.trim() !== "" && Number.isFinite(Number(place));
  const change = (mark: Mark | null) => {
    onChange(changeMark(marks, at, mark));
    close();
  };
  return (
    <Popover.Root open onOpenChange={(now) => !now && close()}>
      <Popover.Portal>
        <Popover.Positioner anchor={anchor} align="start" sideOffset={4} style={{ zIndex: 20 }}>
          <Popover.Popup className={parts.menu} aria-label={before ? t.marks.change : t.marks.add}>
            <form
              className={styles.mark}
              onSubmit={(event) => {
                event.preventDefault();
                if (isPlace && text.trim()) change({ x: Number(place), over, text: text.trim() });
              }}
            >
              <label>
                {t.marks.text}
                <input
                  value={text}
                  maxLength={MAX_MARK_TEXT}
                  // biome-ignore lint/a11y/noAutofocus: the reader just asked for this field.
                  autoFocus
                  onChange={(event) => setText(event.target.value)}
                />
              </label>
              <label>
                {t.marks.at}
                <input
                  type="number"
                  step="any"
                  value={place}
                  aria-invalid={!isPlace}
                  onChange={(event) => setPlace(event.target.value)}
                />
              </label>
              {!before && marks.length >= MAX_MARKS && <p className={styles.note}>{t.marks.full(MAX_MARKS)}</p>}
              <div className={styles.resets}>
                <Button type="submit" disabled={!isPlace || !text.trim() || (!before && marks.length >= MAX_MARKS)}>
                  {before ? t.marks.save : t.marks.add}
                </Button>
                {before && (
                  <Button look="quiet" onClick={() => change(null)}>
                    {t.marks.remove}
                  </Button>
                )}
              </div>
            </form>
          </Popover.Popup>
        </Popover.Positioner>
      </Popover.Portal>
    </Popover.Root>
  );
}
