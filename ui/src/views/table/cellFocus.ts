/** Which cell has the focus, and the keys that move it over rows that come and go. */
import { type RefObject, useEffect, useRef, useState } from "react";

type Keys = Record<string, (event: KeyboardEvent) => void>;

export interface Spot {
  line: number;
  cell: number;
}

const isInCells = () => document.activeElement?.closest("[data-cell]") != null;

export function useCellFocus(
  scroller: RefObject<HTMLElement | null>,
  size: { lines: number; cells: number; pageLines: number },
  reveal: (spot: Spot) => void,
): {
  active: Spot;
  setActive: (spot: Spot) => void;
  go: (line: number, cell: number) => void;
  keys: Keys;
  refocus: () => void;
} {
  const [active, setActive] = useState<Spot>({ line: 0, cell: 0 });
  // Where the focus should be once the cell is there.
  const heading = useRef<Spot | null>(null);
  const latest = useRef(active);
  latest.current = heading.current ?? active;

  useEffect(() => {
    const to = heading.current;
    if (!to) return;
    const cell = scroller.current?.querySelector<HTMLElement>(`[data-line="${to.line}"] [data-cell="${to.cell}"]`);
    if (!cell) return;
    heading.current = null;
    cell.focus({ preventScroll: true });
  });

  const go = (line: number, cell: number) => {
    if (size.lines === 0) return;
    const spot = {
      line: Math.min(Math.max(line, 0), size.lines - 1),
      cell: Math.min(Math.max(cell, 0), size.cells - 1),
    };
    heading.current = spot;
    latest.current = spot;
    setActive({ ...spot });
    reveal(spot);
  };
  const move = (lines: number, cells: number) => (event: KeyboardEvent) => {
    if (!isInCells()) return;
    event.preventDefault();
    go(latest.current.line + lines, latest.current.cell + cells);
  };
  const to = (line: number | null, cell: number | null) => (event: KeyboardEvent) => {
    if (!isInCells()) return;
    event.preventDefault();
    go(line ?? latest.current.line, cell ?? latest.current.cell);
  };
  const end = Number.MAX_SAFE_INTEGER;
  const step = (by: number) => () => {
    const isThere = heading.current !== null || isInCells();
    go(isThere || by < 0 ? latest.current.line + by : latest.current.line, latest.current.cell);
  };
  return {
    active,
    go,
    setActive: (spot) => {
      if (spot.line !== active.line || spot.cell !== active.cell) setActive(spot);
    },
    refocus: () => {
      heading.current = latest.current;
      setActive({ ...latest.current });
    },
    keys: {
      j: step(1),
      k: step(-1),
      ArrowDown: move(1, 0),
      ArrowUp: move(-1, 0),
      ArrowRight: move(0, 1),
      ArrowLeft: move(0, -1),
      PageDown: move(size.pageLines, 0),
      PageUp: move(-size.pageLines, 0),
      Home: to(null, 0),
      End: to(null, end),
      "mod+Home": to(0, 0),
      "mod+End": to(end, end),
    },
  };
}
