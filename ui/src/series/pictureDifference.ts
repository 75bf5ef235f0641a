/** Where two pictures of one size differ, pixel by pixel. Pure. */

export interface PictureDifference {
  /** What differs, as bright as it differs; opaque RGBA. */
  pixels: Uint8ClampedArray<ArrayBuffer>;
  /** Part of the pixels that differ at all, 0 to 1. */
  share: number;
  /** By how much those differ, on average over their channels, 0 to 255. */
  mean: number;
}

/** Compares RGBA pixels; what is transparent counts as black. Differences are made `gain` times as bright. */
export function pictureDifference(
  before: Uint8ClampedArray,
  after: Uint8ClampedArray,
  gain: number,
): PictureDifference {
  const pixels = new Uint8ClampedArray(new ArrayBuffer(before.length));
  let differing = 0;
  let sum = 0;
  for (let i = 0; i < before.length; i += 4) {
    const [alpha, other] = [before[i + 3]! / 255, after[i + 3]! / 255];
    let by = 0;
    for (let channel = i; channel < i + 3; channel++) {
      const difference = Math.abs(before[channel]! * alpha - after[channel]! * other);
      pixels[channel] = difference * gain;
      by += difference;
    }
    pixels[i + 3] = 255;
    if (by > 0) {
      differing++;
      sum += by / 3;
    }
  }
  return {
    pixels,
    share: before.length > 0 ? (differing * 4) / before.length : 0,
    mean: differing > 0 ? sum / differing : 0,
  };
}
