/** A Plotly figure, drawn as far as its traces are simple ones; the rest is named, and the figure itself a download. */
import { useQuery } from "@tanstack/react-query";
import { useMemo, useRef } from "react";
import { mediaJsonQuery } from "../../net/mediaText";
import { drawable } from "../../series/chartSpec";
import { readFigure } from "../../series/plotly";
import { t } from "../../texts";
import { useRested, useSize } from "../parts/hooks";
import styles from "./charts.module.css";
import type { MediaProps } from "./kinds";
import { Missing, Waiting } from "./Missing";
import { filesOf } from "./mediaFiles";
import VegaView from "./VegaView";

export default function Figure({ value, files, mediaKey }: MediaProps) {
  const [one] = filesOf(value, files);
  return one?.file ? <Drawn address={one.file.address} name={mediaKey} /> : <Missing />;
}

function Drawn({ address, name }: { address: string; name: string }) {
  const box = useRef<HTMLDivElement>(null);
  const { width, height } = useSize(box);
  const rested = useRested(`${width}x${height}`, 150);
  const answer = useQuery(mediaJsonQuery(address));
  const figure = useMemo(() => (answer.data === undefined ? null : readFigure(answer.data)), [answer.data]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: drawn anew when the size has rested.
  const spec = useMemo(
    () => (figure?.spec && width > 1 && height > 1 ? drawable(figure.spec, [], [], { width, height }) : null),
    [figure, rested],
  );
  const missing = figure?.missing.join(", ");
  return (
    <div className={styles.chart}>
      <div ref={box} className={styles.box}>
        {answer.error ? (
          <Missing>{t.mediaViews.unreadable(answer.error.message)}</Missing>
        ) : figure && !figure.spec ? (
          <Missing>{missing ? t.mediaViews.figureText(missing) : t.mediaViews.none}</Missing>
        ) : spec ? (
          <VegaView spec={spec} label={name} />
        ) : (
          <Waiting />
        )}
      </div>
      {missing && (
        <p className={styles.note}>
          {figure?.spec && `${t.mediaViews.figurePart(missing)} `}
          <a href={`${address}&download=1`} download>
            {t.mediaViews.figureFile}
          </a>
        </p>
      )}
    </div>
  );
}
