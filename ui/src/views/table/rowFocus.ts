/** Which row has the focus, and the keys that move it. */
import { type RefObject, useRef, useState } from "react";

type Keys = Record<string, (event: KeyboardEvent) => void>;

const isInRows = () => document.activeElement?.closest("[data-index]") != null;

/**
 * Moves the focus between rows that come and go as the table is scrolled.
 *
 * @param scroller what the rows are in, each with its `data-index`.
 */
export function useRowFocus(
  scroller: RefObject<HTMLElement | null>,
  count: number,
  scrollTo: (index: number, options: { align: "auto" }) => void,
): { active: number; setActive: (index: number) => void; keys: Keys } {
  const [active, setActive] = useState(0);
  // The row that a key press moves to, until the focus is there: a second press in the same frame starts from it.
  const heading = useRef<number | null>(null);
  const go = (index: number) => {
    const next = Math.min(Math.max(index, 0), count - 1);
    if (next < 0) return;
    setActive(next);
    scrollTo(next, { align: "auto" });
    heading.current = next;
    requestAnimationFrame(() => {
      if (heading.current !== next) return;
      heading.current = null;
      scroller.current?.querySelector<HTMLElement>(`[data-index="${next}"]`)?.focus({ preventScroll: true });
    });
  };
  const arrow = (by: number) => (event: KeyboardEvent) => {
    if (!isInRows()) return;
    event.preventDefault();
    go(active + by);
  };
  const keys: Keys = {
    j: () => go(heading.current !== null || isInRows() ? (heading.current ?? active) + 1 : active),
    k: () => go((heading.current ?? active) - 1),
    ArrowDown: arrow(1),
    ArrowUp: arrow(-1),
  };
  return { active, setActive, keys };
}
