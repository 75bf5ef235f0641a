/** One picture large: zoom, pan, the next picture, the next step. */
import { Dialog as BaseDialog } from "@base-ui/react/dialog";
import { useState } from "react";
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
import { KEY_FACTOR, scaled, WHOLE, Zoomed, ZoomStage } from "./ZoomStage";

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
          <ZoomStage zoom={zoom} onZoom={setZoom}>
            <Zoomed zoom={zoom}>
              <PictureView mediaKey={mediaKey} picture={picture} files={files} alt={picture.caption ?? mediaKey} />
            </Zoomed>
          </ZoomStage>
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
