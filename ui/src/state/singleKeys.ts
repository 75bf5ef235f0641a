/** Whether single keys act (WCAG 2.1.4: they can be switched off); remembered by the browser. */
import { createStore } from "zustand/vanilla";

const PLACE = "runwell.single-keys";

function kept(): boolean {
  try {
    return localStorage.getItem(PLACE) !== "off";
  } catch {
    return true;
  }
}

export const singleKeysStore = createStore<{ on: boolean }>(() => ({ on: kept() }));

export function switchSingleKeys(on: boolean): void {
  singleKeysStore.setState({ on });
  try {
    localStorage.setItem(PLACE, on ? "on" : "off");
  } catch {
    // Storage forbidden: the choice holds until the page is closed.
  }
}
