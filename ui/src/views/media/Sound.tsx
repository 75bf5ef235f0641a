/** Logged sounds, each with a player and its caption. */
import { t } from "../../texts";
import type { MediaProps } from "./kinds";
import { Missing } from "./Missing";
import { filesOf } from "./mediaFiles";
import styles from "./players.module.css";

export default function Sound({ value, files, mediaKey }: MediaProps) {
  const sounds = filesOf(value, files);
  if (sounds.length === 0) return <Missing>{t.mediaViews.none}</Missing>;
  return (
    <ul className={styles.sounds}>
      {sounds.map(({ path, file, caption }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the same sound may be in a list twice.
        <li key={i}>
          {file ? (
            // biome-ignore lint/a11y/useMediaCaption: a logged sound has no captions.
            <audio
              controls
              preload="metadata"
              src={file.address}
              aria-label={t.mediaViews.sound(caption ?? mediaKey)}
            />
          ) : (
            <span title={path}>{t.mediaPanels.missing}</span>
          )}
          {caption && <span className={styles.caption}>{caption}</span>}
        </li>
      ))}
    </ul>
  );
}
