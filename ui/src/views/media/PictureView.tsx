/** A picture with its boxes and masks, as large as its box allows. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useMemo, useRef, useState } from "react";
import { useStore } from "zustand";
import type { MediaFiles } from "../../net/media";
import { figure } from "../../series/format";
import {
  type Box,
  hueOfClass,
  isBoxShown,
  isTruth,
  namesOfBoxes,
  type Overlay,
  type OverlayChoice,
  type Picture,
  readBoxes,
} from "../../series/pictures";
import { choiceOf, overlayChoices, sawOverlay } from "../../state/overlays";
import { t } from "../../texts";
import { useShade } from "../parts/hooks";
import styles from "./media.module.css";
import { jsonQuery, type MaskIds, readMask, useSteady } from "./steady";

/** Pictures up to this wide show their pixels; larger ones are smoothed. */
export const PIXELS_UP_TO = 160;

export function PictureView({
  mediaKey,
  picture,
  files,
  alt,
}: {
  mediaKey: string;
  picture: Picture;
  files: MediaFiles;
  alt: string;
}) {
  const { shown, failed } = useSteady(picture, files);
  const choice = useStore(overlayChoices, (choices) => choiceOf(choices, mediaKey));
  const file = files[picture.path];
  if (!file) return <p className={styles.said}>{t.mediaPanels.missing}</p>;
  if (failed) {
    return (
      <p className={styles.said}>
        <a href={file.address} target="_blank" rel="noreferrer">
          {t.mediaPanels.notShown}
        </a>
      </p>
    );
  }
  if (!shown) return <div className={styles.waiting} />;
  const ratio = shown.width / shown.height;
  return (
    <div className={styles.frame}>
      <div className={styles.fit} style={{ "--ratio": ratio } as React.CSSProperties}>
        <img
          src={shown.address}
          alt={alt}
          draggable={false}
          data-pixels={shown.width <= PIXELS_UP_TO || undefined}
          width={shown.width}
          height={shown.height}
        />
        {shown.picture.masks.map((mask) => {
          const address = shown.files[mask.path]?.address;
          if (!address || choice.hiddenGroups.includes(mask.group)) return null;
          return <MaskLayer key={mask.group} mediaKey={mediaKey} mask={mask} address={address} choice={choice} />;
        })}
        {shown.picture.boxes.map((boxes) => {
          const address = shown.files[boxes.path]?.address;
          if (!address || choice.hiddenGroups.includes(boxes.group)) return null;
          return (
            <BoxLayer
              key={boxes.group}
              mediaKey={mediaKey}
              boxes={boxes}
              address={address}
              choice={choice}
              width={shown.width}
              height={shown.height}
            />
          );
        })}
        <SawGroups mediaKey={mediaKey} picture={shown.picture} />
      </div>
    </div>
  );
}

/** A group that is switched off has no layer, and is there all the same. */
function SawGroups({ mediaKey, picture }: { mediaKey: string; picture: Picture }) {
  useEffect(() => {
    for (const { group, names } of picture.masks) sawOverlay(mediaKey, group, "masks", names);
    for (const { group, names } of picture.boxes) sawOverlay(mediaKey, group, "boxes", names);
  }, [mediaKey, picture]);
  return null;
}

function BoxLayer({
  mediaKey,
  boxes: { group, names },
  address,
  choice,
  width,
  height,
}: {
  mediaKey: string;
  boxes: Overlay;
  address: string;
  choice: OverlayChoice;
  width: number;
  height: number;
}) {
  const document = useQuery(jsonQuery(address)).data;
  const classes = useMemo(() => ({ ...namesOfBoxes(document ?? null), ...names }), [document, names]);
  const boxes = useMemo(() => readBoxes(document ?? null, width, height), [document, width, height]);
  useEffect(() => {
    const seen = Object.fromEntries(boxes.map((box) => [box.class, classes[box.class] ?? box.class]));
    const scored = boxes.some(({ scores }) => Object.keys(scores).length > 0);
    sawOverlay(mediaKey, group, "boxes", { ...classes, ...seen }, scored);
  }, [mediaKey, group, classes, boxes]);
  const truth = isTruth(group);
  return boxes
    .filter((box) => isBoxShown(box, choice))
    .map((box, i) => (
      <div
        // biome-ignore lint/suspicious/noArrayIndexKey: a box is its position.
        key={i}
        className={styles.box}
        aria-hidden="true"
        data-truth={truth || undefined}
        data-box={classes[box.class] ?? box.class}
        style={
          {
            left: `${box.left * 100}%`,
            top: `${box.top * 100}%`,
            width: `${box.width * 100}%`,
            height: `${box.height * 100}%`,
            "--class": `var(--run-${hueOfClass(box.class)})`,
          } as React.CSSProperties
        }
      >
        {!truth && <span data-low={box.top < 0.12 || undefined}>{boxText(box, classes)}</span>}
      </div>
    ));
}

export function boxText(box: Box, classes: Record<string, string>): string {
  if (box.caption) return box.caption;
  const [score] = Object.values(box.scores);
  const name = classes[box.class] ?? box.class;
  return score === undefined ? name : `${name} ${figure(score, 3)}`;
}

function MaskLayer({
  mediaKey,
  mask: { group, names },
  address,
  choice,
}: {
  mediaKey: string;
  mask: Overlay;
  address: string;
  choice: OverlayChoice;
}) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [mask, setMask] = useState<MaskIds | null>(null);
  const shade = useShade();
  useEffect(() => {
    let wanted = true;
    readMask(address).then(
      (read) => wanted && setMask(read),
      () => {},
    );
    return () => {
      wanted = false;
    };
  }, [address]);
  useEffect(() => {
    if (!mask) return;
    const ids = new Set(mask.ids);
    const seen = [...ids].filter((id) => id !== 0 || names[0] !== undefined);
    sawOverlay(mediaKey, group, "masks", Object.fromEntries(seen.map((id) => [id, names[id] ?? String(id)])));
  }, [mediaKey, group, names, mask]);
  const { hiddenClasses } = choice;
  // biome-ignore lint/correctness/useExhaustiveDependencies: the shade changes what the tokens' colours are.
  useEffect(() => {
    const context = canvas.current?.getContext("2d");
    if (!mask || !context) return;
    const style = getComputedStyle(document.documentElement);
    const colours = new Uint32Array(256);
    for (let id = 0; id < 256; id++) {
      // A class 0 without a name is what no class covers.
      if (hiddenClasses.includes(String(id)) || (id === 0 && names[0] === undefined)) continue;
      const colour = style.getPropertyValue(`--run-${hueOfClass(String(id))}`).trim();
      const rgb = Number.parseInt(colour.slice(1), 16);
      colours[id] = 0xff000000 | ((rgb & 0xff) << 16) | (rgb & 0xff00) | (rgb >> 16);
    }
    const pixels = context.createImageData(mask.width, mask.height);
    const words = new Uint32Array(pixels.data.buffer);
    for (let i = 0; i < words.length; i++) words[i] = colours[mask.ids[i]!]!;
    context.putImageData(pixels, 0, 0);
  }, [mask, names, hiddenClasses, shade]);
  if (!mask) return null;
  return (
    <canvas
      ref={canvas}
      className={styles.mask}
      data-mask={group}
      width={mask.width}
      height={mask.height}
      style={{ opacity: choice.opacity }}
    />
  );
}
