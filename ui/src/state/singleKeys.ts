/** Whether single keys act (WCAG 2.1.4: they can be switched off); remembered by the browser. */
import { createStore } from "zustand/vanilla";
import { keep, readKept } from "./kept";

const NAME = "single-keys";

export const singleKeysStore = createStore<{ on: boolean }>(() => ({ on: readKept(NAME) !== "off" }));

export function switchSingleKeys(on: boolean): void {
  singleKeysStore.setState({ on });
  keep(NAME, on ? "on" : "off");
}
