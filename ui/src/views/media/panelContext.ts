/** What the parts of a media panel know of it: its steps, which of them it shows, and how to move it. */
import { createContext, useContext } from "react";

export interface PanelSteps {
  key: string;
  /** Of all its runs, ascending. */
  steps: readonly number[];
  /** The step that was chosen; null: the newest. */
  at: number | null;
  move: (step: number | null) => void;
  /** Called when the large picture is closed. */
  onClosed?: () => void;
}

const NOWHERE: PanelSteps = { key: "", steps: [], at: null, move: () => {} };

export const PanelContext = createContext<PanelSteps>(NOWHERE);

export const usePanelSteps = () => useContext(PanelContext);
