/** Legends and what names lines. */
import { count } from "../../series/format";

export const legends = {
  of: (title: string) => `Legend of ${title}`,
  more: (n: number) => `+ ${count(n)} more`,
  place: "Legend",
  places: { none: "Not shown", above: "Above", below: "Below", right: "At the right" },
  legendText: "Names in the legend",
  tipText: "Names in the tooltip",
  plain: "The run's name",
  insert: (what: string) => `Insert a field: ${what}`,
  insertShort: "Field…",
  wrong: (fields: string) => `No such field: ${fields}`,
  help: `Words and fields, such as \${run.name} \${config.lr}. x and y are the point that is looked at.`,
  all: "Legends and tooltips…",
  title: "Legends and tooltips of all charts",
  lineFields: "Of the line",
  runFields: "Of the run",
};
