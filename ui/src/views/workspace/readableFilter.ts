/** The filter that runs are asked for with: an expression in the making isn't sent, what could be read last stays. */
import { useMemo, useRef } from "react";
import { type FilterTrouble, tryFilter } from "../../series/filter";
import { usePaced, useRested, useView } from "../parts/hooks";

/** A hand that types asks once; a filter that is chosen, pasted or finished asks at once. */
const REST_MS = 80;
/** Trouble is told only to a hand that has stopped: every expression is wrong while it is being written. */
const TOLD_MS = 900;

export interface ReadableFilter {
  /** What is asked for. */
  filter: string;
  /** What stands in the line can't be read: the list is still that of `filter`. */
  trouble: FilterTrouble | null;
  /** Whether to say so. */
  isTold: boolean;
}

export function useReadableFilter(): ReadableFilter {
  const written = useView((view) => view.filter);
  const rested = usePaced(written, REST_MS);
  const isTold = useRested(written, TOLD_MS) === written;
  const { trouble } = useMemo(() => tryFilter(rested), [rested]);
  const readable = useRef("");
  if (!trouble) readable.current = rested;
  return { filter: readable.current, trouble, isTold: trouble !== null && isTold };
}
