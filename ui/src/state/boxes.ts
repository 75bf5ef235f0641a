/**
 * Ranges of y that were drawn as a box with one of x, by chart: others have other values. They end with the range of x
 * that they were drawn with.
 */
import { createStore } from "zustand/vanilla";
import { viewStore } from "./view";

type Range = [number, number];

export const boxStore = createStore<Record<string, Range>>(() => ({}));

export function keepBox(panel: string, range: Range | null): void {
  const { [panel]: _, ...others } = boxStore.getState();
  boxStore.setState(range ? { ...others, [panel]: range } : others, true);
}

viewStore.subscribe(({ zoom }) => {
  if (zoom === null && Object.keys(boxStore.getState()).length > 0) boxStore.setState({}, true);
});
