/** Logged images and what lies over them: which files make one, where its boxes are, which of its classes are shown. */
import { asNumber, isTagged, type Json } from "./tagged";

type JsonObject = { [key: string]: Json };

/** Boxes or a mask of one image: the file they are in, and the names of their classes as far as the value has them. */
export interface Overlay {
  group: string;
  path: string;
  names: Record<string, string>;
}

export interface Picture {
  path: string;
  caption: string | null;
  /** Pixels, if they were logged. */
  width: number | null;
  height: number | null;
  boxes: Overlay[];
  masks: Overlay[];
}

const isObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value) && !isTagged(value);

function textsOf(given: unknown): Record<string, string> {
  if (!isObject(given)) return {};
  return Object.fromEntries(Object.entries(given).map(([id, name]) => [id, String(name)]));
}

function overlays(given: Json | undefined, labels: Record<string, JsonObject> | undefined): Overlay[] {
  if (!isObject(given)) return [];
  return Object.entries(given).flatMap(([group, one]) => {
    if (!isObject(one) || typeof one.path !== "string") return [];
    return [{ group, path: one.path, names: { ...textsOf(labels?.[group]), ...textsOf(one.class_labels) } }];
  });
}

/** Reads the images of a logged value, one or a list. */
export function readPictures(
  value: JsonObject,
  labels: Partial<Record<"masks" | "boxes", Record<string, JsonObject>>> = {},
): Picture[] {
  const [width, height] = [asNumber(value.width), asNumber(value.height)];
  const sized = { width: width && width > 0 ? width : null, height: height && height > 0 ? height : null };
  const many = Array.isArray(value.filenames);
  const paths = many ? (value.filenames as Json[]) : [value.path];
  const at = (list: Json | undefined, i: number) => (Array.isArray(list) ? list[i] : undefined);
  return paths.flatMap((path, i) => {
    if (typeof path !== "string") return [];
    const caption = many ? at(value.captions, i) : Array.isArray(value.caption) ? value.caption[0] : value.caption;
    return [
      {
        path,
        caption: typeof caption === "string" && caption !== "" ? caption : null,
        ...sized,
        boxes: overlays(many ? at(value.all_boxes, i) : value.boxes, labels.boxes),
        masks: overlays(many ? at(value.all_masks, i) : value.masks, labels.masks),
      },
    ];
  });
}

/** A box in parts of the image's width and height. */
export interface Box {
  left: number;
  top: number;
  width: number;
  height: number;
  /** Class as a text, "" without one. */
  class: string;
  caption: string | null;
  scores: Record<string, number>;
}

/** Reads boxes as they were logged: corners or a middle, in parts or in pixels of an image this large. */
export function readBoxes(document: Json, width_px: number, height_px: number): Box[] {
  const given = isObject(document) && Array.isArray(document.box_data) ? document.box_data : [];
  return given.flatMap((one) => {
    if (!isObject(one) || !isObject(one.position)) return [];
    const { position } = one;
    const [unitX, unitY] = one.domain === "pixel" ? [width_px, height_px] : [1, 1];
    const number = (value: Json | undefined) => asNumber(value) ?? Number.NaN;
    let [left, top, right, bottom] = [position.minX, position.minY, position.maxX, position.maxY].map(number) as [
      number,
      number,
      number,
      number,
    ];
    if (Array.isArray(position.middle)) {
      const [x, y] = position.middle.map(number) as [number, number];
      const [halfX, halfY] = [number(position.width) / 2, number(position.height) / 2];
      [left, top, right, bottom] = [x - halfX, y - halfY, x + halfX, y + halfY];
    }
    const box = { left: left / unitX, top: top / unitY, width: (right - left) / unitX, height: (bottom - top) / unitY };
    if (!Object.values(box).every(Number.isFinite)) return [];
    const scores = isObject(one.scores) ? Object.entries(one.scores) : [];
    return [
      {
        ...box,
        class: one.class_id === undefined || one.class_id === null ? "" : String(one.class_id),
        caption: typeof one.box_caption === "string" && one.box_caption !== "" ? one.box_caption : null,
        scores: Object.fromEntries(
          scores.flatMap(([name, score]) => (asNumber(score) === null ? [] : [[name, asNumber(score)!]])),
        ),
      },
    ];
  });
}

/** Names of the classes of a boxes' file. */
export const namesOfBoxes = (document: Json) => (isObject(document) ? textsOf(document.class_labels) : {});

/** What the reader switched off, and how strong masks are. */
export interface OverlayChoice {
  hiddenGroups: string[];
  hiddenClasses: string[];
  /** Boxes whose every score is lower are hidden; 0 hides none. */
  leastScore: number;
  opacity: number;
}

export const ALL_OVERLAYS: OverlayChoice = { hiddenGroups: [], hiddenClasses: [], leastScore: 0, opacity: 0.5 };

/** Whether a box is shown. One without a score, a true one for instance, has nothing to be too low. */
export function isBoxShown(box: Box, choice: OverlayChoice): boolean {
  if (choice.hiddenClasses.includes(box.class)) return false;
  const scores = Object.values(box.scores);
  return scores.length === 0 || Math.max(...scores) >= choice.leastScore;
}

/** Switches one thing of a list on or off. */
export const toggled = (list: readonly string[], one: string): string[] =>
  list.includes(one) ? list.filter((other) => other !== one) : [...list, one];

/** Whether a group holds what is true, not what was predicted. */
export const isTruth = (group: string): boolean =>
  /(^|[^a-z])(gt|truth|label|labels|target|targets)([^a-z]|$)/i.test(group);

/** Hue of a class, 1 to 20: the same in every panel. Classes that aren't numbers get one by their letters. */
export function hueOfClass(id: string): number {
  const number = Number(id);
  if (id !== "" && Number.isInteger(number) && number >= 0) return ((number + 2) % 20) + 1;
  let sum = 0;
  for (const letter of id) sum = (sum * 31 + letter.codePointAt(0)!) % 9973;
  return (sum % 20) + 1;
}
