/** The packages that runs had installed, where they said so. */
import { useQueries } from "@tanstack/react-query";
import { useMemo } from "react";
import { filesQuery, fileTextQuery } from "../../net/files";
import type { Place } from "../../net/projects";
import type { Run } from "../../net/shapes";
import { REQUIREMENTS } from "../../series/diffFiles";
import { readPackages } from "../../series/diffPackages";

/** Gives package → version by run; null until all are read. */
export function usePackages(place: Place, runs: Run[]): Map<string, { [name: string]: string }> | null {
  const listed = useQueries({
    queries: runs.map((run) => ({ ...filesQuery(place, run.id, REQUIREMENTS), enabled: run.file_count > 0 })),
  });
  const files = listed.map(({ data }) => data?.files.find(({ path }) => path === REQUIREMENTS));
  const nothing = { path: REQUIREMENTS, size_bytes: 0, media_type: "", updated_at: 0, digest: "" };
  const texts = useQueries({
    queries: runs.map((run, i) => ({
      ...fileTextQuery(place, run.id, files[i] ?? nothing),
      enabled: files[i] !== undefined,
    })),
  });
  const settled = runs.every(
    ({ file_count }, i) =>
      file_count === 0 || listed[i]!.isError || (listed[i]!.isSuccess && (!files[i] || !texts[i]!.isPending)),
  );
  const known = texts.map(({ dataUpdatedAt }) => dataUpdatedAt).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: texts are new when they were read at another time.
  return useMemo(() => {
    if (!settled) return null;
    return new Map(runs.map(({ id }, i) => [id, readPackages(texts[i]!.data ?? "")]));
  }, [settled, known, runs]);
}
