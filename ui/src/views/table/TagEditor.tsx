/** Adds and takes away tags of one run or many, creating new ones by typing: in a popover, or in the cell itself. */
import { type KeyboardEvent, useEffect, useRef, useState } from "react";
import type { Place } from "../../net/projects";
import type { RunRow } from "../../net/shapes";
import { count } from "../../series/format";
import { t } from "../../texts";
import { Checkbox, Kbd, SearchInput, Tag } from "../parts/Controls";
import { Icon } from "../parts/Icon";
import parts from "../parts/parts.module.css";
import { AnchoredList } from "./Anchored";
import styles from "./table.module.css";
import { type TagEdits, useTagEdits } from "./tagEdits";

interface Edited {
  place: Place;
  runs: RunRow[];
  /** The edited runs, where not all of them are read; else they are `runs`. */
  ids?: string[];
  known: Iterable<RunRow>;
}

export function TagEditor({ place, runs, ids, known, onDone }: Edited & { onDone?: () => void }) {
  const [find, setFind] = useState("");
  const wanted = find.trim().normalize("NFC");
  const edits = useTagEdits(place, runs, ids ?? runs.map((run) => run.id), known, wanted);
  const enter = () => {
    if (wanted && edits.held(wanted) !== true) {
      setFind("");
      void edits.toggle(wanted);
    } else onDone?.();
  };
  return (
    <div className={styles.tagMenu}>
      <SearchInput
        label={t.table.tagInput}
        value={find}
        onChange={(event) => setFind(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
          event.preventDefault();
          enter();
        }}
      />
      <TagList edits={edits} wanted={wanted} onCreate={enter} />
    </div>
  );
}

function TagList({ edits, wanted, onCreate }: { edits: TagEdits; wanted: string; onCreate: () => void }) {
  return (
    <div className={styles.tagList}>
      {edits.tags.map((tag) => (
        <div key={tag} className={parts.item}>
          <Checkbox checked={edits.held(tag)} label={tag} onChange={() => void edits.toggle(tag)} />
          <button type="button" tabIndex={-1} className={styles.tagName} onClick={() => void edits.toggle(tag)}>
            <Found text={tag} part={wanted} />
          </button>
          <span className={parts.tail}>{count(edits.count(tag))}</span>
        </div>
      ))}
      {wanted && !edits.isKnown(wanted) && (
        <button type="button" className={parts.item} onClick={onCreate}>
          <Icon name="plus" size={14} />
          {t.table.createTag(wanted)}
          <span className={parts.tail}>
            <Kbd>↵</Kbd>
          </span>
        </button>
      )}
    </div>
  );
}

/** A text in which what was looked for stands out. */
function Found({ text, part }: { text: string; part: string }) {
  const at = part ? text.toLowerCase().indexOf(part.toLowerCase()) : -1;
  if (at < 0) return text;
  return (
    <>
      {text.slice(0, at)}
      <strong>{text.slice(at, at + part.length)}</strong>
      {text.slice(at + part.length)}
    </>
  );
}

/** Chips and a caret in the cell, the list below it. Esc puts back what was there, Enter and leaving keep. */
export function TagCellEditor({ place, runs, ids, known, onDone }: Edited & { onDone: () => void }) {
  const [find, setFind] = useState("");
  const wanted = find.trim().normalize("NFC");
  const edits = useTagEdits(place, runs, ids ?? runs.map((run) => run.id), known, wanted);
  const [cell, setCell] = useState<HTMLElement | null>(null);
  const field = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const done = useRef(onDone);
  done.current = onDone;

  useEffect(() => {
    const press = (event: PointerEvent) => {
      const target = event.target as Node;
      if (!cell?.contains(target) && !list.current?.contains(target)) done.current();
    };
    window.addEventListener("pointerdown", press, true);
    return () => window.removeEventListener("pointerdown", press, true);
  }, [cell]);
  const enter = () => {
    if (wanted && edits.held(wanted) !== true) {
      setFind("");
      void edits.toggle(wanted);
      field.current?.focus();
    } else onDone();
  };
  const press = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.nativeEvent.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      enter();
    } else if (event.key === "Escape") {
      event.preventDefault();
      if (find) setFind("");
      else onDone();
    } else if (event.key === "Backspace" && !find) {
      const last = edits.common.at(-1);
      if (last) void edits.toggle(last);
    } else if (event.key === "ArrowDown") {
      event.preventDefault();
      list.current?.querySelector<HTMLElement>("[role=checkbox], button")?.focus();
    }
  };
  return (
    <>
      <span ref={setCell} className={styles.tagEdit}>
        {edits.common.map((tag) => (
          <Tag key={tag} onRemove={() => void edits.toggle(tag)}>
            {tag}
          </Tag>
        ))}
        <input
          ref={field}
          // biome-ignore lint/a11y/noAutofocus: the reader asked to edit exactly this.
          autoFocus
          aria-label={t.table.tagInput}
          value={find}
          onChange={(event) => setFind(event.target.value)}
          onKeyDown={press}
        />
      </span>
      <AnchoredList anchor={cell} label={t.table.tagTitle(runs.length)} width={232}>
        <div
          ref={list}
          onKeyDown={(event) => {
            event.stopPropagation();
            const controls = [
              ...(list.current?.querySelectorAll<HTMLElement>("[role=checkbox], button:not([tabindex])") ?? []),
            ];
            const at = controls.indexOf(document.activeElement as HTMLElement);
            if (event.key === "Escape" || (event.key === "ArrowUp" && at <= 0)) field.current?.focus();
            else if (event.key === "ArrowDown") controls[at + 1]?.focus();
            else if (event.key === "ArrowUp") controls[at - 1]?.focus();
            else return;
            event.preventDefault();
          }}
        >
          {runs.length > 1 && <div className={parts.menuTitle}>{t.table.tagTitle(runs.length)}</div>}
          <TagList edits={edits} wanted={wanted} onCreate={enter} />
        </div>
      </AnchoredList>
    </>
  );
}
