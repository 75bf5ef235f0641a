/** What a mark on a line stands for, while the pointer is over it: which run was forked, at which step. */
import type { DrawnLine } from "../../chart/drawing";
import { Swatch } from "../parts/RunMarks";
import { branchText } from "./branchText";
import { panelPlots } from "./panelLines";
import styles from "./tooltip.module.css";

/** How near the pointer has to be, in CSS pixels. */
const REACH_PX = 10;
/** Marks that are explained at once. */
const NOTES = 3;

export function BranchNotes({ panel, x, lines }: { panel: string; x: number; lines: DrawnLine[] }) {
  const plot = panelPlots.get(panel);
  const at = plot?.placeOf(x) ?? null;
  const near = lines.flatMap(({ branch, run, hue }) => {
    const place = branch && at !== null ? (plot?.placeOf(branch.x) ?? null) : null;
    return branch && place !== null && Math.abs(place - at!) <= REACH_PX ? [{ branch, run, hue }] : [];
  });
  const runs = new Map(near.map((one) => [one.run, one]));
  return [...runs.values()].slice(0, NOTES).map(({ branch, run, hue }) => (
    <div key={run} className={styles.tipNote}>
      <Swatch look={{ hue, dash: 0 }} />
      {branchText(branch)}
    </div>
  ));
}
