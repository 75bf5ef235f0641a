/** Edits of artifact versions: shown at once, sent, and taken back with the server's sentence when it refuses. */
import {
  type CollectionVersions,
  deleteCollection,
  deleteVersion,
  editVersion,
  type VersionEdit,
  versionQuery,
  versionsQuery,
} from "../net/artifacts";
import { type Place, placeKey } from "../net/projects";
import type { ArtifactVersion, WholeVersion } from "../net/shapes";
import { queryClient } from "./live";

/** Applies an edit to a version, as the server will; an alias is on one version of a collection at a time. */
export function applyVersionEdit<Version extends ArtifactVersion>(
  version: Version,
  edited: string,
  { aliases, add_tags = [], remove_tags = [], description }: VersionEdit,
): Version {
  if (version.version !== edited) {
    return aliases ? { ...version, aliases: version.aliases.filter((alias) => !aliases.includes(alias)) } : version;
  }
  const tags = [...new Set([...version.tags, ...add_tags])].filter((tag) => !remove_tags.includes(tag));
  return { ...version, tags, aliases: aliases ?? version.aliases, description: description ?? version.description };
}

const listKey = (place: Place, name: string) => versionsQuery(place, name).queryKey;

/**
 * Edits a version optimistically.
 *
 * @throws ApiError after what was shown was put back.
 */
export async function changeVersion(place: Place, name: string, version: string, edit: VersionEdit): Promise<void> {
  const oneKey = versionQuery(place, name, version).queryKey;
  await queryClient.cancelQueries({ queryKey: listKey(place, name) });
  const before = queryClient.getQueryData<CollectionVersions>(listKey(place, name));
  const whole = queryClient.getQueryData<WholeVersion>(oneKey);
  if (before) {
    const items = before.items.map((one) => applyVersionEdit(one, version, edit));
    queryClient.setQueryData(listKey(place, name), { ...before, items });
  }
  if (whole) queryClient.setQueryData(oneKey, applyVersionEdit(whole, version, edit));
  try {
    const answer = await editVersion(place, name, version, edit);
    queryClient.setQueryData(oneKey, answer);
  } catch (error) {
    queryClient.setQueryData(listKey(place, name), before);
    queryClient.setQueryData(oneKey, whole);
    throw error;
  } finally {
    void queryClient.invalidateQueries({ queryKey: listKey(place, name) });
    // An alias may have left another version.
    void queryClient.invalidateQueries({
      queryKey: [...placeKey(place), "artifact-version", name],
      refetchType: "active",
    });
  }
}

function reread(place: Place, name: string, version?: string): void {
  queryClient.removeQueries({
    queryKey: [...placeKey(place), "artifact-version", name, ...(version ? [version] : [])],
  });
  for (const kind of ["artifact-collections", "artifact-lineage", "artifacts"]) {
    void queryClient.invalidateQueries({ queryKey: [...placeKey(place), kind] });
  }
}

export async function removeVersion(place: Place, name: string, version: string): Promise<void> {
  await deleteVersion(place, name, version);
  reread(place, name, version);
  await queryClient.invalidateQueries({ queryKey: listKey(place, name) });
}

export async function removeCollection(place: Place, name: string): Promise<void> {
  await deleteCollection(place, name);
  queryClient.removeQueries({ queryKey: listKey(place, name) });
  reread(place, name);
}
