/** A stage on which what lies on it is zoomed and moved, by wheel, pointer and keys. */
import { type KeyboardEvent, type ReactNode, useEffect, useRef } from "react";
import styles from "./media.module.css";

export interface Zoom {
  scale: number;
  x: number;
  y: number;
}

export const WHOLE: Zoom = { scale: 1, x: 0, y: 0 };
export const KEY_FACTOR = 1.5;
const MAX_SCALE = 40;
/** How far an arrow moves it. */
const ARROW_PX = 40;

/** Changes the scale about a point, given from the middle; the whole picture lies in the middle again. */
export function scaled({ scale, x, y }: Zoom, factor: number, aboutX = 0, aboutY = 0): Zoom {
  const next = Math.min(Math.max(scale * factor, 1), MAX_SCALE);
  if (next === 1) return WHOLE;
  const by = next / scale;
  return { scale: next, x: aboutX - (aboutX - x) * by, y: aboutY - (aboutY - y) * by };
}

const ARROWS: Record<string, [number, number]> = {
  ArrowLeft: [ARROW_PX, 0],
  ArrowRight: [-ARROW_PX, 0],
  ArrowUp: [0, ARROW_PX],
  ArrowDown: [0, -ARROW_PX],
};

/** Gives what a key does with the zoom; null: nothing. Arrows move what doesn't fit. */
export function zoomKey(key: string): ((now: Zoom) => Zoom) | null {
  if (key === "+" || key === "=") return (now) => scaled(now, KEY_FACTOR);
  if (key === "-") return (now) => scaled(now, 1 / KEY_FACTOR);
  if (key === "0") return () => WHOLE;
  const by = ARROWS[key];
  return by ? (now) => ({ ...now, x: now.x + by[0], y: now.y + by[1] }) : null;
}

export function ZoomStage({
  zoom,
  onZoom,
  label,
  className,
  children,
  over,
}: {
  zoom: Zoom;
  onZoom: (change: (now: Zoom) => Zoom) => void;
  /** What it shows; with it the stage itself takes keys. */
  label?: string;
  className?: string;
  children: ReactNode;
  /** What lies over it and isn't zoomed. */
  over?: ReactNode;
}) {
  const stage = useRef<HTMLDivElement>(null);
  const held = useRef(false);
  useEffect(() => {
    const element = stage.current;
    if (!element) return;
    const wheel = (event: WheelEvent) => {
      // The page behind must not scroll.
      event.preventDefault();
      const { left, top, width, height } = element.getBoundingClientRect();
      const factor = Math.exp(-event.deltaY / 300);
      onZoom((now) => scaled(now, factor, event.clientX - left - width / 2, event.clientY - top - height / 2));
    };
    element.addEventListener("wheel", wheel, { passive: false });
    return () => element.removeEventListener("wheel", wheel);
  }, [onZoom]);
  const press = (event: KeyboardEvent) => {
    if (event.target !== event.currentTarget || event.metaKey || event.ctrlKey || event.altKey) return;
    // A picture that is seen whole has nothing to be moved to: its arrows are the page's.
    const change = zoom.scale === 1 && event.key in ARROWS ? null : zoomKey(event.key);
    if (!change) return;
    onZoom(change);
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div
      ref={stage}
      className={`${styles.stage} ${className ?? ""}`}
      data-zoomed={zoom.scale > 1 || undefined}
      {...(label !== undefined && { role: "group", tabIndex: 0, "aria-label": label, onKeyDown: press })}
      onDoubleClick={(event) => {
        const { left, top, width, height } = event.currentTarget.getBoundingClientRect();
        const [x, y] = [event.clientX - left - width / 2, event.clientY - top - height / 2];
        onZoom((now) => (now.scale > 1 ? WHOLE : scaled(now, 4, x, y)));
      }}
      onPointerDown={(event) => {
        held.current = true;
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerUp={() => {
        held.current = false;
      }}
      onPointerMove={(event) => {
        if (!held.current) return;
        const { movementX, movementY } = event;
        onZoom((now) => (now.scale === 1 ? now : { ...now, x: now.x + movementX, y: now.y + movementY }));
      }}
    >
      {children}
      {over}
    </div>
  );
}

/** What is zoomed. */
export function Zoomed({ zoom, children }: { zoom: Zoom; children: ReactNode }) {
  return (
    <div
      className={styles.zoomed}
      style={
        {
          transform: `translate(${zoom.x}px, ${zoom.y}px) scale(${zoom.scale})`,
          "--scale": zoom.scale,
        } as React.CSSProperties
      }
    >
      {children}
    </div>
  );
}
