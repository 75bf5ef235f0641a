/** Steps at which something was logged, ascending, and which of them is meant by a step between them. */

/** Joins ascending lists of steps into one, each step once. */
export function joinSteps(lists: Iterable<readonly number[]>): number[] {
  const all = [...lists].filter((steps) => steps.length > 0);
  if (all.length === 1) return [...all[0]!];
  const joined = new Set<number>();
  for (const steps of all) for (const step of steps) joined.add(step);
  return [...joined].sort((a, b) => a - b);
}

/** Gives how many of the steps are at most `at`. */
export function countUpTo(steps: readonly number[], at: number): number {
  let low = 0;
  let high = steps.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (steps[middle]! <= at) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Gives the newest step up to `at` (null: the last of all); null before the first. */
export function newestUpTo(steps: readonly number[], at: number | null): number | null {
  if (at === null) return steps.at(-1) ?? null;
  return steps[countUpTo(steps, at) - 1] ?? null;
}

/** Gives the step that stands `by` places from the one meant by `at`, at most at either end. */
export function stepBy(steps: readonly number[], at: number | null, by: number): number | null {
  if (steps.length === 0) return null;
  const now = at === null ? steps.length - 1 : countUpTo(steps, at) - 1;
  return steps[Math.min(Math.max(now + by, 0), steps.length - 1)]!;
}
