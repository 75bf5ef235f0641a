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

/** Whether a value is a level of nesting: an object that holds keys and isn't itself a value with a type. */
export function isLevel(value: Json): value is { [key: string]: Json } {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !("_type" in value) &&
    Object.keys(value).length > 0
  );
}

/** Flattens a nested object to dotted keys; arrays and empty objects stay values. Keys keep their order. */
export function flatten(value: { [key: string]: Json }, prefix = ""): [string, Json][] {
  const out: [string, Json][] = [];
  for (const [key, item] of Object.entries(value)) {
    const path = prefix ? `${prefix}.${key}` : key;
    if (isLevel(item)) out.push(...flatten(item, path));
    else out.push([path, item]);
  }
  return out;
}
