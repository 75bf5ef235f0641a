/** What stands over the chart of a comparison: where runs part, and the names of lines at their ends. */
import { useEffect, useState } from "react";
import type { DrawnLine } from "../../chart/drawing";
import { type EndLabel, endLabels } from "../../series/endLabels";
import { count } from "../../series/format";
import { cutMiddle } from "../../series/names";
import { t } from "../../texts";
import { useView } from "../parts/hooks";
import { Swatch } from "../parts/RunMarks";
import { panelPlots } from "../workspace/panelLines";
import type { Compared } from "./ComparePage";
import styles from "./compare.module.css";

/** Counts what moves everything over a chart: its lines, its range, the window. */
function useMoved(of: object): unknown[] {
  const zoom = useView((view) => view.zoom);
  const log = useView((view) => view.log);
  const [tick, setTick] = useState(0);
  useEffect(() => {
    const again = () => setTick((now) => now + 1);
    window.addEventListener("resize", again);
    return () => window.removeEventListener("resize", again);
  }, []);
  return [of, zoom, log, tick];
}

/** Room that a label takes; those that would lie on one another stand in rows. */
const LABEL_PX = 110;
const ROWS = 4;

/** Dashed lines over the chart where runs part. */
export function Marks({
  panel,
  runs,
  partings,
  of,
}: {
  panel: string;
  runs: Compared[];
  partings: Map<string, number | null | undefined>;
  of: object;
}) {
  const [places, setPlaces] = useState<{ id: string; hue: number; px: number; step: number; row: number }[]>([]);
  const moved = useMoved(of);
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      const plot = panelPlots.get(panel);
      const found = runs.flatMap(({ row, look }) => {
        const step = partings.get(row.id);
        const px = step == null ? null : (plot?.placeOf(step) ?? null);
        return px === null || step == null ? [] : [{ id: row.id, hue: look.hue, px, step, row: 0 }];
      });
      found.sort((a, b) => a.px - b.px);
      const ends: number[] = [];
      for (const [i, one] of found.entries()) {
        // Runs that part at the same step share its label.
        if (i > 0 && found[i - 1]!.step === one.step) {
          one.row = -1;
          continue;
        }
        const free = ends.findIndex((end) => end <= one.px);
        one.row = free >= 0 ? free : ends.length < ROWS ? ends.length : -1;
        if (one.row >= 0) ends[one.row] = one.px + LABEL_PX;
      }
      setPlaces(found);
    });
    return () => cancelAnimationFrame(frame);
  }, [panel, runs, partings, ...moved]);
  return (
    <div className={styles.marks} aria-hidden="true">
      {places.map(({ id, hue, px, step, row }) => (
        <span key={id} style={{ left: px, borderColor: `var(--run-${hue})` }}>
          {row >= 0 && <small style={{ top: 2 + row * 16 }}>{t.compare.partsAt(count(step))}</small>}
        </span>
      ))}
    </div>
  );
}

/** Height of a name, and characters that its column has room for. */
const ROW_PX = 16;
const NAME_CHARACTERS = 16;

/** Names at the ends of lines, as far as they have room; the table has them all. */
export function Ends({ panel, runs, lines }: { panel: string; runs: Compared[]; lines: DrawnLine[] }) {
  const [places, setPlaces] = useState<EndLabel[]>([]);
  const moved = useMoved(lines);
  // biome-ignore lint/correctness/useExhaustiveDependencies: names move with the lines, the range and the size.
  useEffect(() => {
    const frame = requestAnimationFrame(() => {
      const plot = panelPlots.get(panel);
      const [from, to] = plot?.shownX ?? [0, 0];
      const ends = lines.flatMap(({ run, x, y }) => {
        let at = x.length - 1;
        while (at >= 0 && (x[at]! > to || !Number.isFinite(y[at]!))) at--;
        const px = at >= 0 && x[at]! >= from ? plot?.heightOf(y[at]!) : null;
        return px == null ? [] : [{ id: run, y: px }];
      });
      setPlaces(endLabels(ends, plot?.tall ?? 0, ROW_PX));
    });
    return () => cancelAnimationFrame(frame);
  }, [panel, ...moved]);
  const known = new Map(runs.map((one) => [one.row.id, one]));
  return (
    <div className={styles.ends} aria-hidden="true">
      {places.map(({ id, y }) => (
        <span key={id} style={{ top: y }}>
          <Swatch look={known.get(id)?.look} />
          {cutMiddle(known.get(id)?.row.name ?? "", NAME_CHARACTERS, 8)}
        </span>
      ))}
    </div>
  );
}
