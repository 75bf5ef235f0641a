/** Sections side by side: small ones share a row of the grid. Pure. */
import type { Section } from "./layout";

export interface PackedSection extends Section {
  /** Grid columns it takes. */
  span: number;
}

/** How many rows its panels are tall, where all are the same; null where it needs rows of its own. */
function tallOf({ panels }: Section): number | null {
  const tall = panels[0]?.tall ?? 1;
  return panels.every((panel) => panel.tall === tall) ? tall : null;
}

/** Gives how many grid columns a section would fill side by side; all of them when it needs rows of its own. */
function demand(section: Section, columns: number): number {
  if (tallOf(section) === null) return columns;
  return Math.max(
    section.panels.reduce((sum, panel) => sum + Math.min(panel.wide, columns), 0),
    1,
  );
}

/**
 * Orders sections so that small ones stand side by side.
 *
 * @param fixed whether the reader ordered sections: then only neighbours share a row.
 * @returns sections in reading order; the spans of those that share a row add up to at most `columns`.
 */
export function packSections(sections: readonly Section[], columns: number, fixed = false): PackedSection[] {
  const left = [...sections];
  // Nobody scrolls past a page of pictures to what a gap put last.
  const stays = fixed || sections.some((section) => section.panels.some((panel) => panel.tall > 1));
  const out: PackedSection[] = [];
  const unfilled: PackedSection[] = [];
  while (left.length > 0) {
    const first = left.shift()!;
    const wanted = demand(first, columns);
    if (wanted >= columns) {
      out.push({ ...first, span: columns });
      continue;
    }
    let room = columns - wanted;
    const fits = (section: Section) => demand(section, columns) <= room && tallOf(section) === tallOf(first);
    const row: PackedSection[] = [{ ...first, span: wanted }];
    while (room > 0) {
      const at = left.findIndex((section, i) => (fixed ? i === 0 : true) && fits(section));
      if (at < 0) break;
      const [next] = left.splice(at, 1);
      const span = demand(next!, columns);
      row.push({ ...next!, span });
      room -= span;
    }
    // The last one of a row reaches to its end, so that the next row starts at the left.
    row.at(-1)!.span += room;
    (room > 0 && !stays ? unfilled : out).push(...row);
  }
  // A row that nobody fills stands last, where nothing follows its gap.
  return [...out, ...unfilled];
}
