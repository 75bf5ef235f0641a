/**
 * Gives drawn runs their colours and dashes: slots in order, kept while a run is drawn, and over reloads.
 *
 * Slot i has hue i mod 20 and a dash that changes every 8 runs, so that no two of the first 80 lines look the same.
 */

export const HUES = 20;
const RUNS_A_DASH = 8;
export const DASHES: readonly (readonly number[])[] = [[], [6, 3], [2, 2], [8, 2, 2, 2]];

/** Slots remembered for a project, beyond what is drawn now. */
const REMEMBERED = 400;

export interface Look {
  /** 1 to 20: the token `--run-N`; beyond, a colour that the reader made (`state/colours.ts`). */
  hue: number;
  /** Index into `DASHES`. */
  dash: number;
}

export function lookOf(slot: number): Look {
  return { hue: (slot % HUES) + 1, dash: Math.floor(slot / RUNS_A_DASH) % DASHES.length };
}

/** Hues that the reader gave to runs and groups, by id. */
let chosen: Readonly<Record<string, number>> = {};
export function wearHues(hues: Readonly<Record<string, number>>): void {
  chosen = hues;
}

function wornLook(run: string, slot: number): Look {
  const look = lookOf(slot);
  return { ...look, hue: chosen[run] ?? look.hue };
}

/**
 * Gives every drawn run a slot.
 *
 * @param drawn run ids in their order.
 * @param before slots given earlier; a run that had one gets it again unless somebody else took it.
 * @returns slots of the drawn runs and, behind them, of those remembered.
 */
export function assignSlots(drawn: string[], before: ReadonlyMap<string, number>): Map<string, number> {
  const slots = new Map<string, number>();
  const taken = new Set<number>();
  for (const run of drawn) {
    const slot = before.get(run);
    if (slot !== undefined && !taken.has(slot)) {
      slots.set(run, slot);
      taken.add(slot);
    }
  }
  let next = 0;
  for (const run of drawn) {
    if (slots.has(run)) continue;
    while (taken.has(next)) next++;
    slots.set(run, next);
    taken.add(next);
  }
  return slots;
}

/** Slots of one project, remembered by the browser. */
export class SlotBook {
  private slots = new Map<string, number>();

  constructor(
    private readonly name: string,
    private readonly storage: Pick<Storage, "getItem" | "setItem"> | null = globalThis.localStorage ?? null,
  ) {
    try {
      const kept = JSON.parse(this.storage?.getItem(this.place) ?? "[]");
      if (Array.isArray(kept)) this.slots = new Map(kept);
    } catch {
      // A browser that forbids storage, or an old format: colours start afresh.
    }
  }

  private get place(): string {
    return `runwell.slots.${this.name}`;
  }

  /** Gives the look that a run has, or the first one if it has none. */
  look(run: string): Look {
    return wornLook(run, this.slots.get(run) ?? 0);
  }

  /** Gives the looks of the drawn runs, in their order. */
  give(drawn: string[]): Map<string, Look> {
    const given = assignSlots(drawn, this.slots);
    const kept = new Map(given);
    for (const [run, slot] of this.slots) if (kept.size < REMEMBERED && !kept.has(run)) kept.set(run, slot);
    this.slots = kept;
    try {
      this.storage?.setItem(this.place, JSON.stringify([...kept]));
    } catch {
      // Full or forbidden: the colours of this visit still hold.
    }
    return new Map(drawn.map((run) => [run, wornLook(run, given.get(run)!)]));
  }
}
