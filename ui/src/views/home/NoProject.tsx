/** A project without runs: one that is waited for, or one that isn't the reader's. */
import { useQuery } from "@tanstack/react-query";
import { lazy, useRef } from "react";
import { serverQuery } from "../../net/account";
import { ApiError } from "../../net/http";
import type { Place } from "../../net/projects";
import { NotThere } from "../shell/NotThere";
import type { ListedRuns } from "../workspace/runs";

const Start = lazy(() => import("./Start").then((room) => ({ default: room.Start })));

/** What is known of the runs of a project. */
type Known = Pick<ListedRuns, "rows" | "total" | "pending" | "error">;

/**
 * Says whether a project has no runs, and goes on saying so after the first one came: then the first page opens it.
 *
 * A project that isn't there counts as empty too: the first run makes it.
 */
export function useEmpty(runs: Known): boolean {
  const was = useRef(false);
  const missing = runs.error instanceof ApiError && runs.error.status === 404;
  if (missing || (!runs.pending && !runs.error && runs.total === 0)) was.current = true;
  return was.current;
}

export function NoProject({ place, runs }: { place: Place; runs: Known }) {
  const server = useQuery(serverQuery).data;
  const first = runs.rows[0];
  const missing = runs.error instanceof ApiError && runs.error.status === 404;
  if (missing && server && server.entity !== place.entity) return <NotThere />;
  return <Start place={place} found={first && { place, run: first.id, name: first.name }} />;
}
