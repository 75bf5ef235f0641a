/** Says how many points the charts draw, and what of them isn't seen as a point. */
import { useStore } from "zustand";
import { briefCount } from "../../series/format";
import { t } from "../../texts";
import { pointsStore } from "./panelLines";
import styles from "./workspace.module.css";

export function Truth() {
  const panels = useStore(pointsStore, (state) => state.panels);
  const all = Object.values(panels);
  const sum = (of: "points" | "sunk" | "nan" | "up" | "down") => all.reduce((total, panel) => total + panel[of], 0);
  const points = sum("points");
  if (points === 0) return null;
  const { nan, up, down, sunk, coarser, beyond } = t.truth;
  const outside = all.filter((panel) => panel.outside > 0).length;
  const hidden = [
    all.some((panel) => panel.coarsened) && coarser,
    sum("sunk") > 0 &&
      sunk(
        sum("sunk"),
        all.some((panel) => panel.sunkOrMore),
      ),
    outside > 0 && beyond(outside),
    sum("nan") > 0 && nan(sum("nan")),
    sum("up") > 0 && up(sum("up")),
    sum("down") > 0 && down(sum("down")),
  ].filter((one) => one !== false);
  const text = [t.truth.points(briefCount(points)), ...(hidden.length > 0 ? hidden : [t.truth.none])].join(", ");
  return (
    <span className={styles.truth} title={text}>
      {text}
    </span>
  );
}
