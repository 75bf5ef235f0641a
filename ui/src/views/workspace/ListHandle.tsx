/** The edge between list and charts: dragged far enough, the list becomes the table. */
import { type KeyboardEvent, type PointerEvent, useRef } from "react";
import { t } from "../../texts";
import styles from "./list.module.css";

const MIN_PX = 240;
const MAX_PX = 720;

export function ListHandle({
  width,
  onWidth,
  onTable,
}: {
  width: number;
  onWidth: (width: number) => void;
  onTable: () => void;
}) {
  const start = useRef<[number, number] | null>(null);
  const move = (event: PointerEvent) => {
    if (!start.current) return;
    const wanted = start.current[1] + event.clientX - start.current[0];
    if (wanted > MAX_PX + 80) {
      start.current = null;
      onTable();
      return;
    }
    onWidth(Math.min(Math.max(wanted, MIN_PX), MAX_PX));
  };
  const press = (event: KeyboardEvent) => {
    const by = event.key === "ArrowLeft" ? -16 : event.key === "ArrowRight" ? 16 : 0;
    if (by) onWidth(Math.min(Math.max(width + by, MIN_PX), MAX_PX));
  };
  return (
    <div
      className={styles.handle}
      role="separator"
      aria-orientation="vertical"
      aria-label={t.list.resize}
      aria-valuenow={width}
      aria-valuemin={MIN_PX}
      aria-valuemax={MAX_PX}
      tabIndex={0}
      onKeyDown={press}
      onPointerDown={(event) => {
        start.current = [event.clientX, width];
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={move}
      onPointerUp={() => {
        start.current = null;
      }}
    />
  );
}
