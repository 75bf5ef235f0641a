/** Hooks that several views share: stores, single keys, sizes, page titles. */
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useStore } from "zustand";
import { densityStore, ROW_PX } from "../../state/density";
import { pointerStore } from "../../state/pointer";
import { isSequence, type KeyScope, meaningOf, nameOfPress, singleKeysStore } from "../../state/singleKeys";
import { themeStore } from "../../state/theme";
import { type View, viewStore } from "../../state/view";
import { t } from "../../texts";

export const useView = <T>(select: (view: View) => T): T => useStore(viewStore, select);
export const useShade = () => useStore(themeStore, (state) => state.shade);
export const useRowPx = () => ROW_PX[useStore(densityStore, (state) => state.density)];
export const usePointedRun = () => useStore(pointerStore, (pointer) => pointer.run);

type Keys = Record<string, (event: KeyboardEvent) => void>;

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) &&
    (target as HTMLInputElement).type !== "range"
  );
}

/** How long a first key waits for its second. */
const SEQUENCE_MS = 1500;
const names = new WeakMap<KeyboardEvent, string[]>();
let first: { key: string; until: number } | null = null;

/** Gives the names of what was pressed, likeliest first; none where the keys belong to somebody else. */
function namesOf(event: KeyboardEvent): string[] {
  const known = names.get(event);
  if (known) return known;
  const found = readPress(event);
  names.set(event, found);
  return found;
}

function readPress(event: KeyboardEvent): string[] {
  const before = first;
  const pressed = nameOfPress(event);
  const plain = pressed.replace("shift+", "");
  const mod = event.ctrlKey || event.metaKey;
  if (!mod && event.key !== "Escape") {
    if (isTyping(event.target) || !singleKeysStore.getState().on) return [];
    if (document.querySelector('[role="dialog"], [role="menu"]')) return [];
    // Enter and Space on a focused control are that control's own.
    const target = event.target as HTMLElement;
    if (/^(Enter| )$/.test(event.key) && target.closest('button, a, [role="checkbox"], [role="switch"]')) return [];
  }
  if (/^(Shift|Control|Meta|Alt)$/.test(event.key)) return [pressed, plain];
  first = null;
  if (before && before.until > event.timeStamp && isSequence(`${before.key} ${pressed}`)) {
    return [`${before.key} ${pressed}`];
  }
  first = { key: pressed, until: event.timeStamp + SEQUENCE_MS };
  return pressed === plain ? [pressed] : [pressed, plain];
}

/**
 * Binds keys while a view is mounted, each by the name that it has in `state/singleKeys.ts` by default: a
 * `KeyboardEvent.key` with "mod+" and "shift+" in front, two keys with a space between. The reader may have changed
 * them. Single keys don't act inside inputs, behind dialogs, or when switched off.
 */
export function useKeys(keys: Keys, enabled = true, scope: KeyScope = "pages"): void {
  const latest = useRef(keys);
  latest.current = keys;
  useEffect(() => {
    if (!enabled) return;
    const press = (event: KeyboardEvent) => {
      if (event.defaultPrevented || event.isComposing || event.altKey) return;
      for (const name of namesOf(event)) {
        const bound = meaningOf(name, scope);
        const act = bound === null ? undefined : latest.current[bound];
        if (act) {
          act(event);
          return;
        }
      }
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [enabled, scope]);
}

/** Gives an element's inner size, and follows it. */
export function useSize(ref: RefObject<HTMLElement | null>): { width: number; height: number } {
  const [size, setSize] = useState({ width: 0, height: 0 });
  useLayoutEffect(() => {
    const element = ref.current;
    if (!element) return;
    const measure = () => {
      const { clientWidth: width, clientHeight: height } = element;
      setSize((now) => (now.width === width && now.height === height ? now : { width, height }));
    };
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => observer.disconnect();
  }, [ref]);
  return size;
}

/** What can wait until the page has drawn what it is for: counts in the bar, the live stream. No longer than this. */
const LATER_MS = 2000;
let isLater = false;
const waiting = new Set<() => void>();
function beginLater(): void {
  isLater = true;
  for (const tell of waiting) tell();
  waiting.clear();
}
setTimeout(beginLater, LATER_MS);

/** Says that the page has drawn what it is for: charts, rows. */
export function sayDrawn(): void {
  if (isLater) return;
  // Behind the frame that shows it.
  requestAnimationFrame(() => setTimeout(beginLater));
}

/** Says whether the first paint is over, so that what can wait may ask now. */
export function useLater(): boolean {
  const [later, setLater] = useState(isLater);
  useEffect(() => {
    if (later) return;
    const tell = () => setLater(true);
    waiting.add(tell);
    return () => void waiting.delete(tell);
  }, [later]);
  return later || isLater;
}

export function useTitle(page: string): void {
  useEffect(() => {
    document.title = t.title(page);
  }, [page]);
}

/** Gives a value once it has rested for a while: typing and wheeling ask the server once. */
export function useRested<T>(value: T, delay_ms: number): T {
  const [rested, setRested] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), delay_ms);
    return () => clearTimeout(timer);
  }, [value, delay_ms]);
  return rested;
}

/** Gives a value at once where it had rested before, and otherwise when it rests: a choice doesn't wait, typing does. */
export function usePaced<T>(value: T, delay_ms: number): T {
  const [given, setGiven] = useState(value);
  const changedAt = useRef(Number.NEGATIVE_INFINITY);
  useLayoutEffect(() => {
    const now = performance.now();
    const wasAtRest = now - changedAt.current >= delay_ms;
    changedAt.current = now;
    if (wasAtRest) {
      setGiven(value);
      return;
    }
    const timer = setTimeout(() => setGiven(value), delay_ms);
    return () => clearTimeout(timer);
  }, [value, delay_ms]);
  return given;
}

/** Counts up now and then, so that ages and durations on the page stay true. */
export function useClock(every_ms: number, on = true): number {
  const [now, setNow] = useState(() => Date.now() / 1000);
  useEffect(() => {
    if (!on) return;
    const timer = setInterval(() => setNow(Date.now() / 1000), every_ms);
    return () => clearInterval(timer);
  }, [every_ms, on]);
  return now;
}

/** Says whether an element is near the part of the page that is seen. */
export function useNear(box: RefObject<HTMLElement | null>): boolean {
  const [near, setNear] = useState(false);
  useEffect(() => {
    if (!box.current) return;
    const observer = new IntersectionObserver((entries) => setNear(entries.at(-1)!.isIntersecting), {
      root: box.current.closest("[data-scroller]"),
      rootMargin: "300px 0px",
    });
    observer.observe(box.current);
    return () => observer.disconnect();
  }, [box]);
  return near;
}
