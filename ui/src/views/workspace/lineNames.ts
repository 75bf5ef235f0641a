/** How lines are called: as the reader's template words them, in legends, tooltips and saved pictures. */
import { useMemo } from "react";
import { useStore } from "zustand";
import type { DrawnLine } from "../../chart/drawing";
import type { Run, RunRow } from "../../net/shapes";
import { duration, figure } from "../../series/format";
import type { Layout } from "../../series/layout";
import { asNumber, type Json } from "../../series/tagged";
import { columnsOf, type Field, fillTemplate, hasPoint, readTemplate, type Template } from "../../series/template";
import { xFigure } from "../../series/ticks";
import type { PanelLook } from "../../state/panelLook";
import { DASHES, type Look } from "../../state/slots";
import type { View, XAxis } from "../../state/view";
import { workspaceStore } from "../../state/workspace";
import { t } from "../../texts";
import { useView } from "../parts/hooks";
import { dayAndTime } from "../parts/moments";
import { valueText } from "../parts/valueText";
import type { DrawnRun } from "./runs";

export interface Point {
  x: number;
  y: number;
}

export interface LineNames {
  /** The run or group alone. */
  run(line: DrawnLine): string;
  legend(line: DrawnLine, point: Point | null): string;
  tip(line: DrawnLine, point: Point | null): string;
  /** Whether the legend changes with the point that is looked at. */
  followsPoint: boolean;
}

/** Gives the swatch of a line. */
export const swatchOf = ({ hue, dash }: DrawnLine): Look => ({ hue, dash: Math.max(DASHES.indexOf(dash), 0) });

/** Reads a value of a run: from the listing, or, of a run's own page, from the run itself. */
function runValue(row: RunRow & Partial<Run>, of: "config" | "summary", key: string): Json | undefined {
  const listed = row.values?.[`${of}.${key}`];
  if (listed !== undefined) return listed;
  let found: Json | undefined = row[of];
  for (const part of row[of] && Object.hasOwn(row[of], key) ? [key] : key.split(".")) {
    if (typeof found !== "object" || found === null || Array.isArray(found) || !Object.hasOwn(found, part)) return;
    found = found[part];
  }
  return found;
}

function sayRun(row: RunRow, key: string): string {
  if (key === "state") return t.states[row.state];
  if (key === "tags") return row.tags.join(", ");
  if (key === "created_at") return row.created_at ? dayAndTime(row.created_at) : "";
  if (key === "runtime") return row.runtime_s === null ? "" : duration(row.runtime_s);
  return String(row[key as "name" | "id" | "user" | "group" | "job_type"] ?? "");
}

function sayField({ of, key }: Field, line: DrawnLine, row: RunRow, axis: XAxis, point: Point | null): string {
  if (of === "metric") return line.key;
  if (of === "x") return point ? xFigure(axis, point.x) : "";
  if (of === "y") return point ? figure(point.y) : "";
  if (of === "run") return sayRun(row, key);
  const value = runValue(row, of, key);
  const number = asNumber(value);
  return number !== null ? figure(number) : value === undefined ? t.table.missing : valueText(value);
}

/** Names the lines of a chart. */
export function useLineNames(look: PanelLook, drawn: DrawnRun[], axis: XAxis): LineNames {
  const { legendText, tipText } = look;
  return useMemo(() => {
    const rows = new Map(drawn.map(({ row }) => [row.id, row]));
    const naming = (template: Template | null) => (line: DrawnLine, point: Point | null) => {
      const row = rows.get(line.run);
      const plain = [row?.name ?? line.run, line.label].filter(Boolean).join(" · ");
      if (!template || !row) return plain;
      return fillTemplate(template, (field) => sayField(field, line, row, axis, point)) || plain;
    };
    const legend = legendText ? readTemplate(legendText) : null;
    return {
      run: ({ run }: DrawnLine) => rows.get(run)?.name ?? run,
      legend: naming(legend),
      tip: naming(tipText ? readTemplate(tipText) : null),
      followsPoint: legend !== null && hasPoint(legend),
    };
  }, [legendText, tipText, drawn, axis]);
}

function templatesOf({ sections, panels }: Layout, view: Pick<View, "legendText" | "tipText">): string[] {
  const all = [view, ...[...Object.values(sections), ...Object.values(panels)].map(({ settings }) => settings)];
  return all.flatMap((said) => [said?.legendText, said?.tipText]).filter((text) => typeof text === "string");
}

/** Gives the columns of runs that names of lines need, the same list until they are others. */
export function useNamedColumns(): string[] {
  const layout = useStore(workspaceStore, (state) => state.layout);
  const legendText = useView((view) => view.legendText);
  const tipText = useView((view) => view.tipText);
  const columns = useMemo(() => {
    const all = templatesOf(layout, { legendText, tipText }).flatMap((text) => columnsOf(readTemplate(text)));
    return [...new Set(all)].sort().join("\n");
  }, [layout, legendText, tipText]);
  return useMemo(() => (columns ? columns.split("\n") : []), [columns]);
}
