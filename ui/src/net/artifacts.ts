/** Artifact versions that runs logged and used, and their files. */
import { address, getJson } from "./http";
import { type Place, placeKey } from "./projects";
import type { ArtifactFile, ArtifactVersion } from "./shapes";

export interface VersionPage {
  total: number;
  items: ArtifactVersion[];
}

/** Versions listed of a run at most, logged and used each. */
const LISTED = 500;

export const runArtifactsQuery = (place: Place, id: string) => ({
  queryKey: [...placeKey(place), "artifacts", id],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    getJson<{ logged: VersionPage; used: VersionPage }>(
      address(["api", "projects", place.entity, place.project, "runs", id, "artifacts"], { limit: LISTED }),
      signal,
    ),
});

/** Files of a version listed at most. */
const FILES_LISTED = 200;

export const artifactFilesQuery = ({ entity, project, name, version }: ArtifactVersion) => ({
  queryKey: [...placeKey({ entity, project }), "artifact-files", name, version],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    getJson<{ total: number; files: ArtifactFile[] }>(
      address(["api", "projects", entity, project, "artifacts", name, version, "files"], { limit: FILES_LISTED }),
      signal,
    ),
});
