/** A media value in one line: what it is, and the way to its bytes. */
import { Link } from "wouter";
import type { Place } from "../../net/projects";
import type { Media } from "../../series/media";
import { runAt } from "../addresses";
import { mediaText } from "../parts/valueText";
import styles from "./run.module.css";

const SPARK_PX = [64, 14] as const;

export function MediaValue({ place, run, media }: { place: Place; run: string; media: Media }) {
  const text = mediaText(media);
  const title = media.caption ? `${text}: ${media.caption}` : text;
  const [path] = media.paths;
  return (
    <>
      {media.bins && media.bins.length > 1 && <Bins bins={media.bins} />}
      {path === undefined ? (
        <span title={title}>{text}</span>
      ) : (
        <Link
          className={styles.link}
          title={title}
          href={`${runAt(place, run, "files")}?file=${encodeURIComponent(path)}`}
        >
          {text}
        </Link>
      )}
    </>
  );
}

/** A histogram in miniature. */
function Bins({ bins }: { bins: number[] }) {
  const [width, height] = SPARK_PX;
  const most = Math.max(...bins, 1);
  const step = width / bins.length;
  return (
    <svg width={width} height={height} aria-hidden="true" className={styles.bins}>
      {bins.map((n, i) => {
        const tall = (n / most) * height;
        // biome-ignore lint/suspicious/noArrayIndexKey: a bin is its position.
        return <rect key={i} x={i * step} y={height - tall} width={Math.max(step - 0.3, 0.5)} height={tall} />;
      })}
    </svg>
  );
}
