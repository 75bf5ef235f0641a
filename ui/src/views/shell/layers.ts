/** Which floating layer is open over the page; one at a time. */
import { createStore } from "zustand/vanilla";

export type LayerName = "palette" | "keys" | "deleteProject";

export const layerStore = createStore<{ open: LayerName | null }>(() => ({ open: null }));

export const openLayer = (name: LayerName) => layerStore.setState({ open: name });
export const closeLayer = () => layerStore.setState({ open: null });
