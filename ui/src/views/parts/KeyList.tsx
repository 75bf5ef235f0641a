/** Keys to choose from, in groups, with a search: what every menu of keys opens. Arrows go through it, Enter chooses. */
import {
  type KeyboardEvent,
  type MouseEvent,
  type ReactNode,
  useEffect,
  useId,
  useMemo,
  useRef,
  useState,
} from "react";
import { fuzzy } from "../../series/fuzzy";
import { cutApart, partings } from "../../series/names";
import { t } from "../../texts";
import { SearchInput } from "./Controls";
import { Icon } from "./Icon";
import styles from "./keyList.module.css";
import parts from "./parts.module.css";

/** Keys of a group that are listed at once; the search finds the others. */
const LISTED = 60;
/** Characters that a line has room for, beside what may stand at its end. */
const ROOM = 36;
const ROOM_WITH_TAIL = 24;
const END = 12;

export interface KeyGroup {
  /** Stands above its keys; absent for those that need no heading. */
  title?: string;
  /** In the order in which they are listed while nothing is looked for. */
  keys: readonly string[];
}

export default function KeyList({
  label,
  list,
  groups,
  name = (key) => key,
  chosen,
  several = false,
  onChoose,
  onAdd,
  mark,
  tail,
}: {
  /** Of the search. */
  label: string;
  /** What the list is, for those who listen. */
  list: string;
  groups: readonly KeyGroup[];
  /** How a key is called. */
  name?: (key: string) => string;
  chosen: readonly string[];
  /** Whether more than one may be chosen. */
  several?: boolean;
  onChoose: (key: string) => void;
  /** Adds a key to the chosen ones: with the shift key, or by the plus at its end. */
  onAdd?: (key: string) => void;
  /** Stands before a chosen key; a tick unless told otherwise. */
  mark?: (key: string) => ReactNode;
  /** Stands at the end of a chosen key. */
  tail?: (key: string) => ReactNode;
}) {
  const id = useId();
  const [find, setFind] = useState("");
  const [at, setAt] = useState(0);
  const field = useRef<HTMLInputElement>(null);
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => field.current?.focus(), []);
  const found = groups
    .map(({ title, keys }) => ({ title, keys: fuzzy(find, [...keys], name) }))
    .filter(({ keys }) => keys.length > 0);
  const shown = found.flatMap(({ keys }) => keys.slice(0, LISTED));
  const current = Math.min(at, shown.length - 1);
  const names = shown.map(name).join("\n");
  const parted = useMemo(() => partings(names.split("\n")), [names]);

  const go = (to: number) => {
    setAt(to);
    box.current?.querySelector(`[data-at="${to}"]`)?.scrollIntoView({ block: "nearest" });
  };
  const choose = (key: string, event: { shiftKey: boolean }) =>
    onAdd && event.shiftKey && !chosen.includes(key) ? onAdd(key) : onChoose(key);
  const press = (event: KeyboardEvent) => {
    const by = { ArrowDown: 1, ArrowUp: -1, PageDown: 10, PageUp: -10 }[event.key];
    const key = shown[current];
    if (by && shown.length > 0) {
      event.preventDefault();
      const next = current + by;
      const isPage = Math.abs(by) > 1;
      go(isPage ? Math.min(Math.max(next, 0), shown.length - 1) : (next + shown.length) % shown.length);
    } else if (event.key === "Enter" && !event.nativeEvent.isComposing && key !== undefined) {
      event.preventDefault();
      choose(key, event);
    }
  };

  let index = -1;
  const option = (key: string) => {
    index++;
    const mine = index;
    const isChosen = chosen.includes(key);
    const text = name(key);
    const cut = cutApart(text, isChosen && tail ? ROOM_WITH_TAIL : ROOM, END, parted.get(text));
    return (
      // biome-ignore lint/a11y/useKeyWithClickEvents: the search keeps the focus, and its keys go through the list.
      <div
        key={key}
        id={`${id}-${mine}`}
        role="option"
        tabIndex={-1}
        aria-selected={isChosen}
        data-at={mine}
        data-highlighted={mine === current || undefined}
        className={`${parts.item} ${styles.option}`}
        title={text}
        onMouseMove={() => mine !== current && setAt(mine)}
        onMouseDown={(event) => event.preventDefault()}
        onClick={(event) => choose(key, event)}
      >
        <span className={parts.itemMark}>{isChosen && (mark?.(key) ?? <Icon name="check" size={14} />)}</span>
        <span className={parts.itemText} aria-hidden={cut !== text || undefined}>
          {cut}
        </span>
        {cut !== text && <span className="visually-hidden">{text}</span>}
        {isChosen && tail && <span className={parts.tail}>{tail(key)}</span>}
        {!isChosen && onAdd && <Plus label={t.list.thenBy(text)} onClick={() => onAdd(key)} />}
      </div>
    );
  };
  return (
    <div className={styles.keys}>
      <SearchInput
        ref={field}
        className={styles.search}
        label={label}
        role="combobox"
        aria-expanded="true"
        aria-controls={id}
        aria-activedescendant={current >= 0 ? `${id}-${current}` : undefined}
        value={find}
        onChange={(event) => {
          setFind(event.target.value);
          setAt(0);
        }}
        onKeyDown={press}
      />
      <div id={id} ref={box} role="listbox" aria-label={list} aria-multiselectable={several || undefined}>
        {found.map(({ title, keys }, place) => (
          <div key={title ?? place} role="group" aria-label={title ?? list}>
            {title && (
              <div className={parts.menuTitle} role="presentation">
                {title}
                {keys.length > LISTED && ` · ${t.list.keysShown(LISTED, keys.length)}`}
              </div>
            )}
            {keys.slice(0, LISTED).map(option)}
          </div>
        ))}
      </div>
      {shown.length === 0 && <p className={parts.menuTitle}>{t.list.noKeys}</p>}
      {onAdd && shown.length > 0 && <p className={parts.menuTitle}>{t.list.thenByShift}</p>}
    </div>
  );
}

/** For the pointer alone: an option has no buttons inside, and the shift key does the same. */
function Plus({ label, onClick }: { label: string; onClick: () => void }) {
  const press = (event: MouseEvent) => {
    event.stopPropagation();
    onClick();
  };
  return (
    <span className={styles.plus} aria-hidden="true" title={label} onClick={press}>
      <Icon name="plus" size={14} />
    </span>
  );
}
