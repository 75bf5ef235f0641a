/** One cell of a logged table: a figure, a text in one line, or a small picture of what it holds. */
import type { MediaFiles } from "../../net/media";
import { exact, figure, plain } from "../../series/format";
import { type Media, readMedia } from "../../series/media";
import { isTagged, type Json } from "../../series/tagged";
import { t } from "../../texts";
import { mediaText } from "../parts/valueText";
import styles from "./tables.module.css";

/** Characters of a cell that are written into the page; the opened cell has all. */
const CELL_CHARACTERS = 300;

export function TableCell({ cell, files, onOpen }: { cell: Json; files: MediaFiles; onOpen: () => void }) {
  const media = readMedia(cell);
  if (media) return <MediaCell media={media} files={files} onOpen={onOpen} />;
  if (cell === null) return <span className={styles.absent}>{t.loggedTable.none}</span>;
  if (typeof cell === "number") {
    return Number.isInteger(cell) ? <span>{plain(cell)}</span> : <span title={exact(cell)}>{figure(cell)}</span>;
  }
  if (isTagged(cell)) {
    const finite = cell.float !== undefined || /\d/.test(cell.value);
    return <span className={finite ? undefined : styles.absent}>{plain(cell)}</span>;
  }
  const text = plain(cell);
  return <span title={text.slice(0, 1000)}>{text.slice(0, CELL_CHARACTERS)}</span>;
}

function MediaCell({ media, files, onOpen }: { media: Media; files: MediaFiles; onOpen: () => void }) {
  const [path] = media.paths;
  const file = path === undefined ? undefined : files[path];
  const what = media.caption ?? mediaText(media);
  if (path !== undefined && !file) return <span className={styles.absent}>{t.loggedTable.missing}</span>;
  if (file && media.kind === "audio") {
    // biome-ignore lint/a11y/useMediaCaption: a logged sound has no captions.
    return <audio controls preload="none" src={file.address} aria-label={t.mediaViews.sound(what)} />;
  }
  return (
    <button type="button" className={styles.thumb} title={what} aria-label={t.loggedTable.open(what)} onClick={onOpen}>
      {file && (media.kind === "image" || /\.gif$/i.test(path!)) ? (
        <img src={file.address} alt="" loading="lazy" decoding="async" />
      ) : file && media.kind === "video" ? (
        <video src={file.address} muted playsInline preload="metadata" />
      ) : media.bins ? (
        <Bins bins={media.bins} />
      ) : (
        <span>{what}</span>
      )}
    </button>
  );
}

const BINS_PX = [120, 44] as const;

function Bins({ bins }: { bins: number[] }) {
  const [width, height] = BINS_PX;
  const most = Math.max(...bins, 1);
  const step = width / bins.length;
  return (
    <svg width={width} height={height} className={styles.bins} aria-hidden="true">
      {bins.map((n, i) => (
        <rect
          // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its position.
          key={i}
          x={i * step}
          y={height - (n / most) * height}
          width={Math.max(step - 0.5, 0.5)}
          height={(n / most) * height}
        />
      ))}
    </svg>
  );
}
