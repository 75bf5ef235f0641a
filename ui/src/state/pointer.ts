/** What the pointer is on: one run, one x. Row and line, panel and panel share it. */
import { createStore } from "zustand/vanilla";

export interface Pointer {
  /** Run under the pointer, in the list or on a line. */
  run: string | null;
  /** x under the cursor, in units of the axis. */
  x: number | null;
  /** The axis that x is of; charts over another one don't follow. */
  axis: string | null;
  /** Panel the cursor is in; null when it was set by the step cursor. */
  panel: string | null;
  /** Where the cursor is: value on y, and client pixels for the tooltip. */
  y: number | null;
  clientX: number;
  clientY: number;
  /** ⇧ holds the tooltip where it is. */
  frozen: boolean;
}

const NOWHERE: Pointer = {
  run: null,
  x: null,
  axis: null,
  panel: null,
  y: null,
  clientX: 0,
  clientY: 0,
  frozen: false,
};

export const pointerStore = createStore<Pointer>(() => NOWHERE);

export function pointAt(changes: Partial<Pointer>): void {
  if (pointerStore.getState().frozen && !("frozen" in changes)) return;
  pointerStore.setState(changes);
}

export function pointNowhere(): void {
  if (!pointerStore.getState().frozen) pointerStore.setState(NOWHERE);
}
