/** Keys of a grid whose cells are drawn as they are scrolled to: one cell is the active one, Enter opens it. */
import { type KeyboardEvent, useState } from "react";
import { copyText } from "../parts/Controls";

export interface ActiveCell {
  row: number;
  column: number;
}

const STEPS: Record<string, [number, number]> = {
  ArrowDown: [1, 0],
  ArrowUp: [-1, 0],
  ArrowRight: [0, 1],
  ArrowLeft: [0, -1],
  PageDown: [10, 0],
  PageUp: [-10, 0],
  Home: [Number.NEGATIVE_INFINITY, 0],
  End: [Number.POSITIVE_INFINITY, 0],
};

const clamp = (value: number, count: number) => Math.max(0, Math.min(count - 1, value));

export function useGridKeys({
  rows,
  columns,
  onMove,
  onOpen,
  textOf,
}: {
  rows: number;
  columns: number;
  /** Brings the active cell into sight. */
  onMove: (cell: ActiveCell) => void;
  onOpen: () => void;
  /** What is copied of a cell. */
  textOf: (cell: ActiveCell) => string;
}) {
  const [active, setActive] = useState<ActiveCell | null>(null);
  const press = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget) return;
    const step = STEPS[event.key];
    if (step) {
      // The first key chooses the cell that it starts from.
      const [down, right] = active ? step : [0, 0];
      const at = active ?? { row: 0, column: 0 };
      const next = { row: clamp(at.row + down, rows), column: clamp(at.column + right, columns) };
      setActive(next);
      onMove(next);
    } else if (event.key === "Enter" && active) onOpen();
    else if ((event.ctrlKey || event.metaKey) && event.key === "c" && active && !getSelection()?.toString()) {
      void copyText(textOf(active));
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return { active, setActive, press };
}
