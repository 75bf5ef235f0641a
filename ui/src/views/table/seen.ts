/** What of the table is seen, for the line that says so: it changes with every step of the wheel, and nothing else may. */
import { createStore } from "zustand/vanilla";

export interface Seen {
  firstLine: number;
  lastLine: number;
  firstColumn: number;
  lastColumn: number;
  /** Columns that scroll. */
  columns: number;
}

export const seenStore = createStore<Seen>(() => ({
  firstLine: 0,
  lastLine: 0,
  firstColumn: 0,
  lastColumn: 0,
  columns: 0,
}));

export function see(seen: Seen): void {
  const before = seenStore.getState();
  if ((Object.keys(seen) as (keyof Seen)[]).some((key) => before[key] !== seen[key])) seenStore.setState(seen);
}
