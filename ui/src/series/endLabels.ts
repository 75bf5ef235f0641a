/** Where the names of lines stand beside a chart's right edge. Pure. */

export interface EndLabel {
  id: string;
  /** Where the line ends, in pixels from the top. */
  y: number;
}

/**
 * Gives labels their places, from the top, none over another; a label may stand one row from its line's end.
 *
 * @param tall height of the chart.
 * @param row height of a label.
 * @returns the middle of each label; those that have no room are left out.
 */
export function endLabels(ends: EndLabel[], tall: number, row: number): EndLabel[] {
  const out: EndLabel[] = [];
  let free = row / 2;
  for (const { id, y } of [...ends].sort((a, b) => a.y - b.y)) {
    const at = Math.max(Math.min(y, tall - row / 2), free);
    if (at - y > row || at > tall) continue;
    out.push({ id, y: at });
    free = at + row;
  }
  return out;
}
