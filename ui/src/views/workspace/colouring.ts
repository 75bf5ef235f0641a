/** Colours looks by a value of their runs. */
import "../../ramp.css";
import type { RunRow } from "../../net/shapes";
import { colourScale } from "../../series/colourScale";
import type { Json } from "../../series/tagged";
import { coloursStore } from "../../state/colours";
import type { Look } from "../../state/slots";

// Charts that read their ink before the ramp was there read it again.
coloursStore.setState(({ hues }) => ({ hues: { ...hues } }));

export function colouredValue(row: RunRow, key: string): Json | undefined {
  if (key === "tags") return [...row.tags].sort().join(", ");
  return row.values?.[key] ?? (row[key as "state"] as Json | undefined);
}

export function recolour(
  looks: ReadonlyMap<string, Look>,
  rowOf: { get(id: string): RunRow | undefined },
  by: string,
  chosen: Readonly<Record<string, number>>,
): Map<string, Look> {
  const values = new Map(
    [...looks.keys()].map((id) => {
      const row = rowOf.get(id);
      return [id, row && colouredValue(row, by)] as const;
    }),
  );
  const { hueOf } = colourScale([...values.values()]);
  return new Map([...looks].map(([id, look]) => [id, { ...look, hue: chosen[id] ?? hueOf(values.get(id)) }]));
}
