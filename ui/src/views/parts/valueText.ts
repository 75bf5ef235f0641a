/** Values in one line of text, media among them. */
import { plain } from "../../series/format";
import { type Media, readMedia } from "../../series/media";
import type { Json } from "../../series/tagged";
import { t } from "../../texts";

/** Says what a media value is: "2 images, 32 × 32". */
export function mediaText(media: Media): string {
  const name = media.kind === "other" ? t.media.other(media.type) : t.media.kinds[media.kind](media.count);
  const extent = media.extent && `${media.extent[0]}\u2009×\u2009${media.extent[1]}`;
  return extent ? `${name}, ${extent}` : name;
}

/** Says any value in one line of text, as it is shown and searched. */
export function valueText(value: Json): string {
  const media = readMedia(value);
  return media ? mediaText(media) : plain(value);
}
