/** The range of x that all charts show, as React finds the time to draw it: twelve charts never hold up a key. */
import { createContext, type ReactNode, use, useDeferredValue, useMemo } from "react";
import type { View } from "../../state/view";
import { useView } from "../parts/hooks";

type Zoom = Pick<View, "zoom" | "zoomed">;

const WHOLE: Zoom = { zoom: null, zoomed: null };
const PanelZoom = createContext<Zoom>(WHOLE);

export function PanelZoomProvider({ children }: { children: ReactNode }) {
  const zoom = useView((view) => view.zoom);
  const zoomed = useView((view) => view.zoomed);
  const now = useMemo(() => ({ zoom, zoomed }), [zoom, zoomed]);
  return <PanelZoom value={useDeferredValue(now)}>{children}</PanelZoom>;
}

/** Gives the zoom to a chart that is near what is seen; others aren't drawn anew for it. */
export const usePanelZoom = (near: boolean): Zoom => (near ? use(PanelZoom) : WHOLE);
