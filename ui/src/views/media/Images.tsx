/** An image, or a list of them as a grid; a click shows one large. */
import { useVirtualizer } from "@tanstack/react-virtual";
import { useEffect, useMemo, useRef, useState } from "react";
import type { MediaFiles } from "../../net/media";
import { type Picture, readPictures } from "../../series/pictures";
import { t } from "../../texts";
import { useSize } from "../parts/hooks";
import type { MediaProps } from "./kinds";
import { Lightbox } from "./Lightbox";
import styles from "./media.module.css";
import { PictureView } from "./PictureView";
import { usePanelSteps } from "./panelContext";

/** Least width of a picture in a list. */
const LEAST_PX = 84;
const LEAST_FULL_PX = 132;
const GAP_PX = 6;
const CAPTION_PX = 16;
/** Rows beyond what is seen. */
const BEYOND = 2;

export default function Images({ mediaKey, runName, step, value, files, labels, full }: MediaProps) {
  const pictures = useMemo(() => readPictures(value, labels as Parameters<typeof readPictures>[1]), [value, labels]);
  const [open, setOpen] = useState<number | null>(null);
  const { onClosed } = usePanelSteps();
  const openAt = (at: number | null) => {
    setOpen(at);
    if (at === null) onClosed?.();
  };
  if (pictures.length === 0) return <p className={styles.said}>{t.mediaPanels.emptyList}</p>;
  return (
    <>
      {pictures.length === 1 ? (
        <Tile
          mediaKey={mediaKey}
          runName={runName}
          picture={pictures[0]!}
          files={files}
          n={0}
          of={1}
          onOpen={() => setOpen(0)}
        />
      ) : (
        <List mediaKey={mediaKey} runName={runName} pictures={pictures} files={files} full={full} onOpen={setOpen} />
      )}
      {open !== null && (
        <Lightbox
          mediaKey={mediaKey}
          runName={runName}
          step={step}
          pictures={pictures}
          files={files}
          at={Math.min(open, pictures.length - 1)}
          onAt={openAt}
        />
      )}
    </>
  );
}

function Tile({
  mediaKey,
  runName,
  picture,
  files,
  n,
  of,
  onOpen,
}: {
  mediaKey: string;
  runName: string;
  picture: Picture;
  files: MediaFiles;
  n: number;
  of: number;
  onOpen: () => void;
}) {
  const name = picture.caption ?? (of > 1 ? t.mediaPanels.numbered(n + 1, of) : mediaKey);
  return (
    <figure className={styles.tile}>
      <button type="button" onClick={onOpen} aria-label={t.mediaPanels.enlarge(name, runName)}>
        <PictureView mediaKey={mediaKey} picture={picture} files={files} alt={name} />
      </button>
      {picture.caption && <figcaption title={picture.caption}>{picture.caption}</figcaption>}
    </figure>
  );
}

/** Only the rows that are seen are in the page. */
function List({
  mediaKey,
  runName,
  pictures,
  files,
  full,
  onOpen,
}: {
  mediaKey: string;
  runName: string;
  pictures: Picture[];
  files: MediaFiles;
  full: boolean;
  onOpen: (at: number) => void;
}) {
  const scroller = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(scroller);
  const least = full ? LEAST_FULL_PX : LEAST_PX;
  const { width: w, height: h } = pictures[0]!;
  const ratio = w && h ? Math.min(Math.max(w / h, 0.5), 3) : 1;
  const captioned = pictures.some(({ caption }) => caption !== null);
  const tallOf = (n: number) =>
    Math.max(Math.floor((width - GAP_PX * (n - 1)) / n / ratio) + (captioned ? CAPTION_PX : 0), 24);
  // As large as they can be and still all be seen; else as small as they may be.
  const most = Math.max(Math.min(Math.floor((width + GAP_PX) / (least + GAP_PX)), pictures.length), 1);
  let across = 1;
  while (across < most && Math.ceil(pictures.length / across) * (tallOf(across) + GAP_PX) - GAP_PX > height) across++;
  const tall = tallOf(across);
  const rows = useVirtualizer({
    count: Math.ceil(pictures.length / across),
    getScrollElement: () => scroller.current,
    estimateSize: () => tall + GAP_PX,
    overscan: BEYOND,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: rows are measured anew when they are as tall as before no more.
  useEffect(() => rows.measure(), [tall, across]);
  return (
    <div
      ref={scroller}
      className={styles.list}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
      tabIndex={0}
      role="group"
      aria-label={t.mediaPanels.images(pictures.length)}
    >
      {width > 0 && (
        <div style={{ height: rows.getTotalSize() - GAP_PX, position: "relative" }}>
          {rows.getVirtualItems().map((row) => (
            <div
              key={row.key}
              className={styles.listRow}
              style={
                { height: tall, transform: `translateY(${row.start}px)`, "--across": across } as React.CSSProperties
              }
            >
              {pictures.slice(row.index * across, (row.index + 1) * across).map((picture, i) => {
                const n = row.index * across + i;
                return (
                  <Tile
                    key={n}
                    mediaKey={mediaKey}
                    runName={runName}
                    picture={picture}
                    files={files}
                    n={n}
                    of={pictures.length}
                    onOpen={() => onOpen(n)}
                  />
                );
              })}
            </div>
          ))}
        </div>
      )}
    </div>
  );
}
