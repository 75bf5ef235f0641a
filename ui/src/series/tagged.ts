/** Numbers that JSON or JavaScript can't hold: NaN, infinities, and integers beyond 2^53, as the API tags them. */

export interface TaggedNumber {
  _type: "number";
  /** "NaN", "Infinity", "-Infinity", or the digits of an integer. */
  value: string;
  /** The nearest float of an integer. */
  float?: number;
}

export type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

export function isTagged(value: unknown): value is TaggedNumber {
  return typeof value === "object" && value !== null && (value as TaggedNumber)._type === "number";
}

/** Gives the float nearest to a value of the API, or null if it isn't a number. */
export function asNumber(value: unknown): number | null {
  if (typeof value === "number") return value;
  if (isTagged(value)) return value.float ?? Number(value.value);
  return null;
}

/** Flattens a nested object to dotted keys; arrays and empty objects stay values. Keys keep their order. */
export function flatten(value: { [key: string]: Json }, prefix = ""): [string, Json][] {
  const out: [string, Json][] = [];
  for (const [key, item] of Object.entries(value)) {
    const path = prefix ? `${prefix}.${key}` : key;
    const nested =
      typeof item === "object" &&
      item !== null &&
      !Array.isArray(item) &&
      !isTagged(item) &&
      !("_type" in item) &&
      Object.keys(item).length > 0;
    if (nested) out.push(...flatten(item as { [key: string]: Json }, path));
    else out.push([path, item]);
  }
  return out;
}
