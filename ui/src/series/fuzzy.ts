/** Finds names by a few of their letters, in order: "vacc" finds "val/acc". */

/**
 * Says how well letters fit a name: more is better, null: they don't occur in this order.
 *
 * Letters side by side and at the beginning of a word count most; a part found as it is, more than anything else.
 */
export function matchScore(letters: string, name: string): number | null {
  const wanted = letters.toLowerCase().replace(/\s+/g, "");
  if (!wanted) return 0;
  const low = name.toLowerCase();
  const whole = low.indexOf(wanted);
  if (whole >= 0) return 1000 - whole - (isStart(low, whole) ? 0 : 100) - low.length / 1000;
  let score = 0;
  let at = -1;
  for (const letter of wanted) {
    const next = low.indexOf(letter, at + 1);
    if (next < 0) return null;
    score += next === at + 1 ? 4 : isStart(low, next) ? 3 : 0;
    score -= (next - at - 1) * 0.1;
    at = next;
  }
  return score;
}

function isStart(name: string, at: number): boolean {
  return at === 0 || /[^\p{L}\p{N}]/u.test(name[at - 1]!);
}

/** Gives the things whose names fit, the best first; all of them in their order when nothing is looked for. */
export function fuzzy<T>(letters: string, things: T[], name: (thing: T) => string): T[] {
  if (!letters.trim()) return things;
  return things
    .flatMap((thing) => {
      const score = matchScore(letters, name(thing));
      return score === null ? [] : [{ thing, score }];
    })
    .sort((a, b) => b.score - a.score)
    .map(({ thing }) => thing);
}
