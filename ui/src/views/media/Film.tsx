/** Logged videos: players that loop; a GIF plays by itself, as pictures do. */
import { useState } from "react";
import type { MediaFile } from "../../net/media";
import { t } from "../../texts";
import type { MediaProps } from "./kinds";
import { Missing } from "./Missing";
import { filesOf } from "./mediaFiles";
import styles from "./players.module.css";

export default function Film({ value, files, mediaKey }: MediaProps) {
  const videos = filesOf(value, files);
  if (videos.length === 0) return <Missing>{t.mediaViews.none}</Missing>;
  return (
    <div className={styles.films} data-one={videos.length === 1 || undefined}>
      {videos.map(({ path, file, caption }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same video may be in a list twice.
        <figure key={i}>
          {file ? (
            <Player file={file} path={path} label={t.mediaViews.video(caption ?? mediaKey)} />
          ) : (
            <span title={path}>{t.mediaPanels.missing}</span>
          )}
          {caption && <figcaption className={styles.caption}>{caption}</figcaption>}
        </figure>
      ))}
    </div>
  );
}

function Player({ file, path, label }: { file: MediaFile; path: string; label: string }) {
  const [failed, setFailed] = useState<string | null>(null);
  if (failed === file.address) {
    return (
      <a className={styles.link} href={`${file.address}&download=1`} download>
        {t.mediaViews.unplayable}
      </a>
    );
  }
  if (/\.gif$/i.test(path)) return <img src={file.address} alt={label} />;
  return (
    // biome-ignore lint/a11y/useMediaCaption: a logged video has no captions.
    <video
      controls
      loop
      playsInline
      preload="metadata"
      src={file.address}
      aria-label={label}
      onError={() => setFailed(file.address)}
    />
  );
}
