/** Where two pictures differ, drawn; and said in figures. */
import { useEffect, useRef, useState } from "react";
import { figure } from "../../series/format";
import { pictureDifference } from "../../series/pictureDifference";
import { t } from "../../texts";
import { PIXELS_UP_TO } from "./PictureView";
import styles from "./pictureCompare.module.css";
import { decode } from "./steady";

/** Pixels compared at most; larger pictures are compared smaller. */
const MOST_PIXELS = 4_000_000;

export function Difference({
  before,
  after,
  gain,
  label,
  onSaid,
}: {
  /** Addresses of the two. */
  before: string;
  after: string;
  gain: number;
  label: string;
  onSaid: (text: string) => void;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [pair, setPair] = useState<{ first: ImageData; second: ImageData; note: string } | null>(null);
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    let wanted = true;
    setFailed(false);
    Promise.all([decode(before), decode(after)]).then(
      ([first, second]) => {
        if (!wanted) return;
        const [w, h] = [first.naturalWidth || 300, first.naturalHeight || 150];
        const [w2, h2] = [second.naturalWidth || 300, second.naturalHeight || 150];
        const scale = Math.min(1, Math.sqrt(MOST_PIXELS / (w * h)));
        const [width, height] = [Math.max(Math.round(w * scale), 1), Math.max(Math.round(h * scale), 1)];
        const note = w === w2 && h === h2 ? "" : t.pictureCompare.scaled(`${w} × ${h}`, `${w2} × ${h2}`);
        setPair({ first: pixelsOf(first, width, height), second: pixelsOf(second, width, height), note });
      },
      () => wanted && setFailed(true),
    );
    return () => {
      wanted = false;
    };
  }, [before, after]);
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!pair || !context) return;
    const { width, height } = pair.first;
    const found = pictureDifference(pair.first.data, pair.second.data, gain);
    context.putImageData(new ImageData(found.pixels, width, height), 0, 0);
    const share = `${figure(found.share * 100, 3)}\u2009%`;
    const said = found.share === 0 ? t.pictureCompare.equal : t.pictureCompare.differing(share, figure(found.mean, 3));
    onSaid(`${said} ${pair.note}`.trim());
  }, [pair, gain, onSaid]);
  if (failed) return <p className={styles.said}>{t.mediaPanels.notShown}</p>;
  if (!pair) return null;
  const { width, height } = pair.first;
  return (
    <div className={styles.differenceFrame}>
      <canvas
        ref={canvas}
        role="img"
        aria-label={label}
        className={styles.difference}
        width={width}
        height={height}
        data-pixels={width <= PIXELS_UP_TO || undefined}
        style={{ "--ratio": width / height } as React.CSSProperties}
      />
    </div>
  );
}

function pixelsOf(image: HTMLImageElement, width: number, height: number): ImageData {
  const canvas = document.createElement("canvas");
  canvas.width = width;
  canvas.height = height;
  const context = canvas.getContext("2d", { willReadFrequently: true })!;
  context.drawImage(image, 0, 0, width, height);
  return context.getImageData(0, 0, width, height);
}
