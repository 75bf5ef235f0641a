/** Which run of the list something is done with, and where its menu stands: one for the whole list. */
import { createStore } from "zustand/vanilla";
import type { RunRow } from "../../net/shapes";

export interface RunChoice {
  row: RunRow;
  anchor: HTMLElement;
  /** What is open: all that can be done, or one field. */
  part: "menu" | "name" | "tags";
}

export const runChoice = createStore<{ open: RunChoice | null }>(() => ({ open: null }));

export const chooseRun = (open: RunChoice | null): void => runChoice.setState({ open });
