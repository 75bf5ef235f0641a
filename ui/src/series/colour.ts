/** Colours that a reader chose: read, measured, and made readable on a background. Pure. */

/** What a line needs beside its background (WCAG 1.4.11). */
export const LEAST_CONTRAST = 3;
const NUDGE = 0.04;

type Rgb = [number, number, number];

/** Reads #rrggbb; null: it is something else. */
export function readColour(text: string): Rgb | null {
  const digits = /^#([0-9a-f]{6})$/i.exec(text.trim())?.[1];
  if (!digits) return null;
  return [0, 2, 4].map((at) => Number.parseInt(digits.slice(at, at + 2), 16)) as Rgb;
}

const writeColour = (rgb: Rgb): string =>
  `#${rgb.map((part) => Math.round(part).toString(16).padStart(2, "0")).join("")}`;

function luminance(rgb: Rgb): number {
  const [r, g, b] = rgb.map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  }) as Rgb;
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

/** Gives the contrast of two colours, 1 to 21. */
export function contrastOf(one: Rgb, other: Rgb): number {
  const [a, b] = [luminance(one), luminance(other)];
  return (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
}

/** Gives the colour, moved towards black or white only as far as it takes to be seen on the background. */
export function readableOn(colour: string, background: string): string {
  const from = readColour(colour);
  const ground = readColour(background);
  if (!from || !ground) return colour;
  const end: Rgb = luminance(ground) > 0.18 ? [0, 0, 0] : [255, 255, 255];
  for (let share = 0; share <= 1; share += NUDGE) {
    const mixed = from.map((part, i) => part + (end[i]! - part) * share) as Rgb;
    if (contrastOf(mixed, ground) >= LEAST_CONTRAST) return writeColour(mixed);
  }
  return writeColour(end);
}
