/** One object for what stays the same, so that what depends on it isn't drawn again. */
import { useRef } from "react";

/** Gives the object of before as long as everything in it is the same. */
export function useSame<T extends object>(next: T): T {
  const kept = useRef(next);
  const before = kept.current;
  if ((Object.keys(next) as (keyof T)[]).some((key) => !alike(before[key], next[key]))) kept.current = next;
  return kept.current;
}

function alike(a: unknown, b: unknown): boolean {
  if (a instanceof Map && b instanceof Map) {
    return a.size === b.size && [...a].every(([key, value]) => b.get(key) === value);
  }
  return a === b;
}
