/** A media value of a kind that the page doesn't know: what it is, and the way to its files. */
import { size } from "../../series/format";
import { readMedia } from "../../series/media";
import { t } from "../../texts";
import { mediaText } from "../parts/valueText";
import type { MediaProps } from "./kinds";
import styles from "./media.module.css";

export default function Fallback({ value, files }: MediaProps) {
  const media = readMedia(value);
  const named = Object.entries(files);
  return (
    <div className={styles.fallback}>
      <span>{media ? mediaText(media) : t.mediaPanels.unknown}</span>
      {named.slice(0, 20).map(([path, file]) =>
        file ? (
          <a key={path} href={file.address} target="_blank" rel="noreferrer" title={path}>
            {path.split("/").at(-1)} <small>{size(file.size_bytes)}</small>
          </a>
        ) : (
          <span key={path} title={path}>
            {t.mediaPanels.missing}
          </span>
        ),
      )}
    </div>
  );
}
