/** Puts panels into sections by prefix, and sections into rows: one smaller than a row shares it. */
import type { Metric } from "../../net/shapes";
import { byName, sectionOf } from "../../series/names";

export interface Section {
  /** "" for metrics without a prefix. */
  name: string;
  metrics: Metric[];
  /** Grid columns it takes. */
  span: number;
}

/** Groups metrics by prefix; those without one come first. */
export function sectionsOf(metrics: Metric[], section = sectionOf): Omit<Section, "span">[] {
  const byPrefix = new Map<string, Metric[]>();
  for (const metric of metrics) {
    const name = section(metric.key);
    const group = byPrefix.get(name) ?? [];
    group.push(metric);
    byPrefix.set(name, group);
  }
  return [...byPrefix]
    .sort(([a], [b]) => (a === "" ? -1 : b === "" ? 1 : byName(a, b)))
    .map(([name, group]) => ({ name, metrics: group.sort((a, b) => byName(a.key, b.key)) }));
}

/**
 * Orders sections so that small ones stand side by side.
 *
 * @returns sections in reading order; the spans of those that share a row add up to at most `columns`.
 */
export function packSections(sections: Omit<Section, "span">[], columns: number): Section[] {
  const left = [...sections];
  const out: Section[] = [];
  const unfilled: Section[] = [];
  while (left.length > 0) {
    const first = left.shift()!;
    if (first.metrics.length >= columns) {
      out.push({ ...first, span: columns });
      continue;
    }
    let room = columns - first.metrics.length;
    const row: Section[] = [{ ...first, span: first.metrics.length }];
    while (room > 0) {
      const at = left.findIndex((section) => section.metrics.length <= room);
      if (at < 0) break;
      const [next] = left.splice(at, 1);
      row.push({ ...next!, span: next!.metrics.length });
      room -= next!.metrics.length;
    }
    // The last one of a row reaches to its end, so that the next row starts at the left.
    row.at(-1)!.span += room;
    (room > 0 ? unfilled : out).push(...row);
  }
  // A row that nobody fills stands last, where nothing follows its gap.
  return [...out, ...unfilled];
}
