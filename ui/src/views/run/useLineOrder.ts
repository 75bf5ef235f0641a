/** Which lines of a log are shown, in which places: all of them, or those of a stream and a writer. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { type ConsoleIndex, consoleIndexQuery, EVERY_LINE, type LineChoice } from "../../net/console";
import type { Place } from "../../net/projects";
import { allLines, type LineSpans, lineSpans } from "../../series/lineSpans";

export function useLineOrder(
  place: Place,
  run: string,
  choice: LineChoice,
  total: number,
): { order: LineSpans; kinds: ConsoleIndex | undefined; index: ConsoleIndex | undefined; isChosen: boolean } {
  const isChosen = choice.level !== null || choice.label !== null;
  // Which streams and writers there are changes seldom: this doesn't follow a log that grows.
  const kinds = useQuery({ ...consoleIndexQuery(place, run, EVERY_LINE, 0), enabled: total > 0, staleTime: 30_000 });
  const chosen = useQuery({
    ...consoleIndexQuery(place, run, choice, total),
    enabled: isChosen && total > 0,
    // Of the same choice: while a log grows, its lines stay where they are.
    placeholderData: (before, query) => {
      const [level, label] = query?.queryKey.slice(-3) ?? [];
      return level === choice.level && label === choice.label ? before : undefined;
    },
    staleTime: Number.POSITIVE_INFINITY,
  });
  const spans = chosen.data?.spans;
  const order = useMemo(() => (isChosen ? lineSpans(spans ?? []) : allLines(total)), [isChosen, spans, total]);
  return { order, kinds: kinds.data, index: isChosen ? chosen.data : undefined, isChosen };
}
