/** Marks on a chart: a place on its x axis and what happened there. */
import type { PanelEntry } from "./layout";

export interface Mark {
  x: number;
  /** The axis that x is of; on another one the mark isn't shown. */
  over: string;
  text: string;
}

/** Of one chart; beyond it nobody can read them. */
export const MAX_MARKS = 50;
export const MAX_MARK_TEXT = 120;

/** Gives the marks of a panel over an axis, as far as what was kept makes sense. */
export function readMarks(entry: Pick<PanelEntry, "marks">): Mark[] {
  if (!Array.isArray(entry.marks)) return [];
  return entry.marks
    .filter((mark) => Number.isFinite(mark?.x) && typeof mark.text === "string" && typeof mark.over === "string")
    .map(({ x, over, text }) => ({ x, over, text: text.slice(0, MAX_MARK_TEXT) }))
    .slice(0, MAX_MARKS);
}

/** Puts a mark in the place of another one, or beside all of them; null takes that one away. */
export function changeMark(marks: readonly Mark[], at: number | null, mark: Mark | null): Mark[] {
  const others = marks.filter((_, i) => i !== at);
  return (mark ? [...others, mark] : others).sort((a, b) => a.x - b.x).slice(0, MAX_MARKS);
}
