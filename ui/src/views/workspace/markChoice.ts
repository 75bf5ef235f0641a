/** Where on which chart a mark is written, changed or taken away. */
import { createStore } from "zustand/vanilla";

export interface MarkChoice {
  panel: string;
  x: number;
  /** Where on the page the choice stands. */
  clientX: number;
  clientY: number;
}

export const markChoice = createStore<{ open: MarkChoice | null }>(() => ({ open: null }));

export const chooseMark = (open: MarkChoice | null): void => markChoice.setState({ open });
