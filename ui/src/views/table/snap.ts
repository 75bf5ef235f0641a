/** Columns come to rest whole. */
import { type RefObject, useEffect } from "react";

/** After scrolling sideways, brings the next column's edge to the fixed ones: no column is cut at the left. */
export function useColumnSnap(scroller: RefObject<HTMLElement | null>, lefts: number[]): void {
  useEffect(() => {
    const box = scroller.current;
    if (!box) return;
    let before = box.scrollLeft;
    const settle = () => {
      const at = box.scrollLeft;
      if (Math.abs(at - before) < 1) return;
      before = at;
      if (at < 1 || at + box.clientWidth >= box.scrollWidth - 1) return;
      const nearest = lefts.reduce((best, left) => (Math.abs(left - at) < Math.abs(best - at) ? left : best), 0);
      if (Math.abs(nearest - at) < 1) return;
      before = nearest;
      const calm = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
      box.scrollTo({ left: nearest, behavior: calm ? "auto" : "smooth" });
    };
    box.addEventListener("scrollend", settle);
    return () => box.removeEventListener("scrollend", settle);
  }, [scroller, lefts]);
}
