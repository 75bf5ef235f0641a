/** Zooming and moving along x by keys, as in a timeline: w and s, a and d. */
import { panBy, type Range, zoomBy } from "../../series/range";
import { changeView, viewStore } from "../../state/view";
import { useKeys } from "../parts/hooks";

const FACTOR = 0.5;
const SHARE = 0.25;

/**
 * @param whole the range that all charts have without a zoom
 * @param at where the cursor is, which stays where it is
 */
export function useZoomKeys(whole: Range, at: number | null): void {
  const change = (next: (zoom: Range | null) => Range | null) => () => {
    const { zoom, zoomed } = viewStore.getState();
    // A zoom of another axis than the cursor's isn't of these charts' range.
    changeView({ zoom: next(zoomed === null ? zoom : null), zoomed: null });
  };
  useKeys({
    w: change((zoom) => zoomBy(zoom, whole, FACTOR, at)),
    s: change((zoom) => zoomBy(zoom, whole, 1 / FACTOR, at)),
    a: change((zoom) => panBy(zoom, whole, -SHARE)),
    d: change((zoom) => panBy(zoom, whole, SHARE)),
  });
}
