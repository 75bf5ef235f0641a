/** The run that others are compared with: as the address says, else as the reader's own workspace does. */
import { useQuery } from "@tanstack/react-query";
import { type Place, placeKey, runQuery } from "../../net/projects";
import type { Run } from "../../net/shapes";
import { readDraft } from "../../net/views";
import { readView } from "../../state/view";
import { useView } from "../parts/hooks";

export function useBaseline(place: Place, run: Run): Run | null {
  const said = useView((view) => view.baseline);
  const kept = useQuery({
    queryKey: [...placeKey(place), "views", "draft", "baseline"],
    // null, not undefined: a query must have an answer.
    queryFn: async () => readView((await readDraft(place))?.spec.query ?? "").baseline,
    enabled: said === null,
    retry: false,
  });
  const id = said ?? kept.data ?? null;
  // A baseline that was deleted is none.
  const found = useQuery({ ...runQuery(place, id ?? ""), enabled: id !== null && id !== run.id, retry: false });
  return id === run.id ? null : (found.data ?? null);
}
