/** What scripts raised with `run.alert`. */
import { address, getJson } from "./http";
import { type Place, placeKey } from "./projects";
import type { Alert } from "./shapes";

export const alertsQuery = (place: Place, id: string) => ({
  queryKey: [...placeKey(place), "alerts", id],
  queryFn: async ({ signal }: { signal: AbortSignal }) =>
    (
      await getJson<{ alerts: Alert[] }>(
        address(["api", "projects", place.entity, place.project, "runs", id, "alerts"]),
        signal,
      )
    ).alerts,
});
