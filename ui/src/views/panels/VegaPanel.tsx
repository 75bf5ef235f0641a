/** A chart of the reader's own: a Vega-Lite specification over the runs' values. */
import { lazy, Suspense, useMemo, useRef } from "react";
import { asNumber } from "../../series/tagged";
import { t } from "../../texts";
import { Guard } from "../media/Guard";
import { useNear, useSize } from "../parts/hooks";
import { PanelFrame } from "../workspace/PanelFrame";
import workspace from "../workspace/workspace.module.css";
import type { PanelProps } from "./kinds";
import styles from "./panels.module.css";
import { columnOf, listOption, textOption, useRunTable } from "./values";

const PADDING_PX = 12;
const VegaView = lazy(() => import("../media/VegaView"));

export default function VegaPanel({ place, spec, widthPx, full }: PanelProps) {
  const box = useRef<HTMLElement>(null);
  const near = useNear(box) || full === true;
  const keys = useMemo(() => listOption(spec.options.keys), [spec.options.keys]);
  const table = useRunTable(place, keys, near).data;
  const rows = useMemo(
    () =>
      table?.ids.map((id, i) => ({
        id,
        name: table.names[i],
        state: table.states[i],
        ...Object.fromEntries(
          keys.map((key) => {
            const value = columnOf(table, key)[i] ?? null;
            return [key, asNumber(value) ?? value];
          }),
        ),
      })),
    [table, keys],
  );
  const written = textOption(spec.options.spec);
  const parsed = useMemo(() => {
    try {
      const value: unknown = JSON.parse(written || "null");
      return typeof value === "object" && value !== null && !Array.isArray(value)
        ? (value as Record<string, unknown>)
        : null;
    } catch {
      return null;
    }
  }, [written]);
  const title = spec.title || t.arrange.kinds.chart;
  const host = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(host);
  const sized = useMemo(
    () => ({
      autosize: { type: "fit", contains: "padding" },
      ...parsed,
      data: { values: rows ?? [] },
      width: Math.max(width - PADDING_PX, 50),
      height: Math.max(height - PADDING_PX, 50),
    }),
    [parsed, rows, width, height],
  );
  return (
    <PanelFrame box={box} spec={{ ...spec, title }} widthPx={widthPx} full={full} light={!near}>
      <div ref={host} className={styles.canvasBox}>
        {near && parsed && rows && width > 0 && (
          <Guard said={t.mediaPanels.broken}>
            <Suspense fallback={null}>
              <VegaView label={title} spec={sized} />
            </Suspense>
          </Guard>
        )}
        {!parsed && <p className={workspace.plotEmpty}>{written ? t.panelKinds.badSpec : t.panelKinds.noSpec}</p>}
      </div>
    </PanelFrame>
  );
}
