/** How high rows are: compact, normal or roomy; remembered by browser and server. */
import { createStore } from "zustand/vanilla";
import { keep, readKept } from "./kept";

export type Density = "compact" | "normal" | "roomy";

/** Heights of rows, as `--row` in tokens.css has them: lists that draw only what is seen must know them too. */
export const ROW_PX = { compact: 24, normal: 28, roomy: 36 } as const;

export const isDensity = (value: unknown): value is Density => typeof value === "string" && value in ROW_PX;

function kept(): Density {
  const density = readKept("density");
  return isDensity(density) ? density : "normal";
}

export const densityStore = createStore<{ density: Density }>(() => ({ density: kept() }));

export const rowPx = () => ROW_PX[densityStore.getState().density];

function show(): void {
  document.documentElement.dataset.density = densityStore.getState().density;
}

export function chooseDensity(density: Density): void {
  densityStore.setState({ density });
  keep("density", density);
}

/** Puts the density on the document and keeps it there. */
export function wearDensity(): void {
  show();
  densityStore.subscribe(show);
}
