/** Runs in the colour of a value of theirs; what makes the scale is read when a reader asks for one. */
import { useEffect, useMemo, useState } from "react";
import { useStore } from "zustand";
import type { RunRow } from "../../net/shapes";
import { coloursStore } from "../../state/colours";
import type { Look } from "../../state/slots";

type Scaling = typeof import("./colouring");
let known: Scaling | null = null;

/** Gives looks in the colours of the chosen value; a colour that the reader gave to one run stays. */
export function useColoured(
  looks: Map<string, Look>,
  rowOf: { get(id: string): RunRow | undefined },
  by: string | null,
): Map<string, Look> {
  const hues = useStore(coloursStore, (state) => state.hues);
  const [scaling, setScaling] = useState(known);
  useEffect(() => {
    if (by && !known) {
      void import("./colouring").then((read) => {
        known = read;
        setScaling(read);
      });
    }
  }, [by]);
  return useMemo(
    () => (by && scaling ? scaling.recolour(looks, rowOf, by, hues) : looks),
    [by, scaling, looks, rowOf, hues],
  );
}
