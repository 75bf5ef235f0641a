/** Pictures without flicker: the last one stays until the next is decoded, with all that lies over it. */
import { useEffect, useState } from "react";
import { getJson } from "../../net/http";
import type { MediaFiles, MediaValue } from "../../net/media";
import { type Picture, readPictures } from "../../series/pictures";
import type { Json } from "../../series/tagged";
import { queryClient } from "../../state/live";

/** Pictures of a list that are read ahead. */
const AHEAD = 12;
/** Masks kept decoded. */
const KEPT_MASKS = 64;

export interface Loaded {
  picture: Picture;
  files: MediaFiles;
  address: string;
  width: number;
  height: number;
}

export interface MaskIds {
  width: number;
  height: number;
  ids: Uint8ClampedArray;
}

/** Content of a file whose address names its bytes. */
export const jsonQuery = (address: string) => ({
  queryKey: ["bytes", address],
  queryFn: ({ signal }: { signal: AbortSignal }) => getJson<Json>(address, signal),
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: 120_000,
});

const masks = new Map<string, Promise<MaskIds>>();

/** Reads the class of every pixel of a mask. */
export function readMask(address: string): Promise<MaskIds> {
  let ids = masks.get(address);
  if (!ids) {
    ids = decode(address).then((image) => {
      const canvas = document.createElement("canvas");
      canvas.width = image.naturalWidth;
      canvas.height = image.naturalHeight;
      const context = canvas.getContext("2d", { willReadFrequently: true })!;
      context.drawImage(image, 0, 0);
      const { data } = context.getImageData(0, 0, canvas.width, canvas.height);
      const found = new Uint8ClampedArray(data.length / 4);
      for (let i = 0; i < found.length; i++) found[i] = data[i * 4]!;
      return { width: canvas.width, height: canvas.height, ids: found };
    });
    ids.catch(() => masks.delete(address));
  } else masks.delete(address);
  masks.set(address, ids);
  if (masks.size > KEPT_MASKS) masks.delete(masks.keys().next().value!);
  return ids;
}

export async function decode(address: string): Promise<HTMLImageElement> {
  const image = new Image();
  image.src = address;
  await image.decode();
  return image;
}

async function load(picture: Picture, files: MediaFiles, address: string): Promise<Loaded> {
  const over = [
    ...picture.boxes.map(({ path }) => files[path] && queryClient.fetchQuery(jsonQuery(files[path].address))),
    ...picture.masks.map(({ path }) => files[path] && readMask(files[path].address)),
  ];
  const [image] = await Promise.all([decode(address), Promise.allSettled(over)]);
  return { picture, files, address, width: image.naturalWidth || 300, height: image.naturalHeight || 150 };
}

/** Gives the picture that can be shown now: the asked one once it is decoded, the one before until then. */
export function useSteady(picture: Picture, files: MediaFiles): { shown: Loaded | null; failed: boolean } {
  const address = files[picture.path]?.address ?? null;
  const [shown, setShown] = useState<Loaded | null>(null);
  const [failed, setFailed] = useState<string | null>(null);
  useEffect(() => {
    if (address === null) return;
    let wanted = true;
    load(picture, files, address).then(
      (loaded) => wanted && setShown(loaded),
      () => wanted && setFailed(address),
    );
    return () => {
      wanted = false;
    };
  }, [picture, files, address]);
  return { shown: address === null ? null : shown, failed: address !== null && failed === address };
}

/** Reads the files of a value into the browser's cache. */
export function preloadPictures({ value, files }: MediaValue): void {
  if (value._type !== "image-file" && value._type !== "images/separated") return;
  for (const picture of readPictures(value).slice(0, AHEAD)) {
    const file = files[picture.path];
    if (file) void load(picture, files, file.address).catch(() => {});
  }
}
