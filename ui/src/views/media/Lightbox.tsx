/** One picture large: zoom, pan, the next picture, the next step. */
import { Dialog as BaseDialog } from "@base-ui/react/dialog";
import { useEffect, useRef, useState } from "react";
import type { MediaFiles } from "../../net/media";
import { figure, size } from "../../series/format";
import type { Picture } from "../../series/pictures";
import { stepBy } from "../../series/steps";
import { t } from "../../texts";
import { Button, IconButton, Kbd } from "../parts/Controls";
import { Icon } from "../parts/Icon";
import parts from "../parts/parts.module.css";
import styles from "./media.module.css";
import { OverlayMenu } from "./OverlayControls";
import { PictureView } from "./PictureView";
import { usePanelSteps } from "./panelContext";
import { StepSlider } from "./StepSlider";

interface Zoom {
  scale: number;
  x: number;
  y: number;
}

const WHOLE: Zoom = { scale: 1, x: 0, y: 0 };
const MAX_SCALE = 40;
const KEY_FACTOR = 1.5;

export function Lightbox({
  mediaKey,
  runName,
  step,
  pictures,
  files,
  at,
  onAt,
}: {
  mediaKey: string;
  runName: string;
  step: number;
  pictures: Picture[];
  files: MediaFiles;
  at: number;
  /** null closes it. */
  onAt: (at: number | null) => void;
}) {
  const panel = usePanelSteps();
  const [zoom, setZoom] = useState(WHOLE);
  const picture = pictures[at]!;
  const file = files[picture.path];
  const go = (by: number) => onAt((at + by + pictures.length) % pictures.length);
  const moveStep = (by: number) => {
    const to = stepBy(panel.steps, panel.at, by);
    panel.move(to === panel.steps.at(-1) ? null : to);
  };
  const keys: Record<string, () => void> = {
    ArrowRight: () => (pictures.length > 1 ? go(1) : moveStep(1)),
    ArrowLeft: () => (pictures.length > 1 ? go(-1) : moveStep(-1)),
    ".": () => moveStep(1),
    ",": () => moveStep(-1),
    "+": () => setZoom((now) => scaled(now, KEY_FACTOR)),
    "=": () => setZoom((now) => scaled(now, KEY_FACTOR)),
    "-": () => setZoom((now) => scaled(now, 1 / KEY_FACTOR)),
    "0": () => setZoom(WHOLE),
  };
  return (
    <BaseDialog.Root open onOpenChange={(open) => !open && onAt(null)}>
      <BaseDialog.Portal>
        <BaseDialog.Popup
          className={styles.lightbox}
          onKeyDown={(event) => {
            if (event.metaKey || event.ctrlKey || event.altKey) return;
            keys[event.key]?.();
          }}
        >
          <header className={styles.lightboxBar}>
            <BaseDialog.Close render={<IconButton icon="close" label={t.actions.close} />} />
            <BaseDialog.Title className={styles.lightboxTitle}>{mediaKey}</BaseDialog.Title>
            <span className={styles.facts}>
              {runName} · {t.mediaPanels.step(figure(step, 12))}
            </span>
            {pictures.length > 1 && (
              <>
                <span className={parts.divider} />
                <IconButton icon="chevronLeft" label={t.mediaPanels.previousPicture} onClick={() => go(-1)} />
                <IconButton icon="chevronRight" label={t.mediaPanels.nextPicture} onClick={() => go(1)} />
                <span>{t.mediaPanels.numbered(at + 1, pictures.length)}</span>
              </>
            )}
            <span className={styles.lightboxTail}>
              <OverlayMenu mediaKey={mediaKey} />
              <IconButton
                icon="minus"
                label={t.mediaPanels.smaller}
                onClick={() => setZoom((now) => scaled(now, 1 / KEY_FACTOR))}
              />
              <Button look="quiet" onClick={() => setZoom(WHOLE)} title={t.mediaPanels.whole}>
                {Math.round(zoom.scale * 100)}
                {"\u2009"}%
              </Button>
              <IconButton
                icon="plus"
                label={t.mediaPanels.larger}
                onClick={() => setZoom((now) => scaled(now, KEY_FACTOR))}
              />
              {file && (
                <a
                  className={`${parts.button} ${parts.plain}`}
                  href={`${file.address}&download=1`}
                  download
                  aria-label={`${size(file.size_bytes)}: ${t.files.download(picture.path)}`}
                >
                  <Icon name="download" size={14} />
                  {size(file.size_bytes)}
                </a>
              )}
            </span>
          </header>
          <Stage zoom={zoom} onZoom={setZoom}>
            <PictureView mediaKey={mediaKey} picture={picture} files={files} alt={picture.caption ?? mediaKey} />
          </Stage>
          <footer className={styles.lightboxFoot}>
            <span className={styles.caption} title={picture.caption ?? undefined}>
              {picture.caption}
            </span>
            {panel.steps.length > 1 && (
              <>
                <StepSlider
                  label={t.mediaPanels.stepsOf(mediaKey)}
                  steps={panel.steps}
                  at={panel.at}
                  onMove={panel.move}
                />
                <span className={styles.hint}>
                  <Kbd>,</Kbd> <Kbd>.</Kbd> {t.cursor.move}
                </span>
              </>
            )}
          </footer>
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}

/** Changes the scale about a point, given from the middle; the whole picture lies in the middle again. */
function scaled({ scale, x, y }: Zoom, factor: number, aboutX = 0, aboutY = 0): Zoom {
  const next = Math.min(Math.max(scale * factor, 1), MAX_SCALE);
  if (next === 1) return WHOLE;
  const by = next / scale;
  return { scale: next, x: aboutX - (aboutX - x) * by, y: aboutY - (aboutY - y) * by };
}

function Stage({
  zoom,
  onZoom,
  children,
}: {
  zoom: Zoom;
  onZoom: (change: (now: Zoom) => Zoom) => void;
  children: React.ReactNode;
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
  return (
    <div
      ref={stage}
      className={styles.stage}
      data-zoomed={zoom.scale > 1 || undefined}
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
    </div>
  );
}
