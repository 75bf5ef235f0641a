/** Marks on charts. */
import { count } from "../../series/format";

export const marks = {
  here: "Mark a place…",
  add: "Add mark",
  change: "Change the mark",
  text: "Text",
  at: "At x",
  save: "Save",
  remove: "Remove mark",
  full: (n: number) => `A chart holds ${count(n)} marks at most. Remove one first.`,
  spoken: (axis: string, x: string) => `marked at ${axis} ${x}`,
};
