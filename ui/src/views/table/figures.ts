/** What a column of numbers has in common: the decimals that line its points up, and its range. */
import type { RunRow } from "../../net/shapes";
import { columnDecimals } from "../../series/format";
import { asNumber } from "../../series/tagged";
import type { TableColumn } from "./columns";

export interface Figures {
  decimals: number;
  min: number;
  max: number;
}

/** Figures of the pages that were read; a page is looked through once for each column. */
export class FigureBook {
  private readonly pages = new WeakMap<RunRow[], Map<string, Figures>>();
  private given = new Map<string, Figures>();

  /** Gives the figures of the columns over these pages; a column's object stays the same while they do. */
  of(pages: RunRow[][], columns: TableColumn[]): Map<string, Figures> {
    const out = new Map<string, Figures>();
    for (const { key, number, group, range } of columns) {
      if (!number || group === "run") continue;
      let all: Figures = { decimals: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
      for (const page of pages) {
        const one = this.ofPage(page, key);
        all = {
          decimals: Math.max(all.decimals, one.decimals),
          min: Math.min(all.min, one.min),
          max: Math.max(all.max, one.max),
        };
      }
      // Bars are as long as a value is far along all runs' range, whichever of them are listed.
      const [least, most] = range ?? [];
      if (typeof least === "number" && Number.isFinite(least)) all.min = Math.min(all.min, least);
      if (typeof most === "number" && Number.isFinite(most)) all.max = Math.max(all.max, most);
      const before = this.given.get(key);
      const same = before && before.decimals === all.decimals && before.min === all.min && before.max === all.max;
      out.set(key, same ? before : all);
    }
    this.given = out;
    return out;
  }

  private ofPage(page: RunRow[], key: string): Figures {
    let known = this.pages.get(page);
    if (!known) {
      known = new Map();
      this.pages.set(page, known);
    }
    let figures = known.get(key);
    if (!figures) {
      figures = figuresOf(page, key);
      known.set(key, figures);
    }
    return figures;
  }
}

function figuresOf(rows: RunRow[], key: string): Figures {
  const numbers: number[] = [];
  let min = Number.POSITIVE_INFINITY;
  let max = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    const number = asNumber(row.values?.[key]);
    if (number === null || !Number.isFinite(number)) continue;
    numbers.push(number);
    if (number < min) min = number;
    if (number > max) max = number;
  }
  return { decimals: columnDecimals(numbers), min, max };
}
