/** Edits of registries: what depends on them is read again; an alias that moves is shown at once. */
import {
  type CollectionEdit,
  dropCollection,
  dropLink,
  editCollection,
  editRegistry,
  deleteRegistry as endRegistry,
  type LinkedVersions,
  linkedVersionsQuery,
  linkVersion,
  makeRegistry,
  type Registry,
  type RegistryCollection,
  setAliases,
} from "../net/registries";
import type { VersionPlace } from "../net/shapes";
import { queryClient } from "./live";

async function reread(): Promise<void> {
  await Promise.all(
    ["registries", "registry-collections", "registry-collection"].map((kind) =>
      queryClient.invalidateQueries({ queryKey: [kind] }),
    ),
  );
}

export async function createRegistry(registry: Parameters<typeof makeRegistry>[0]): Promise<Registry> {
  const made = await makeRegistry(registry);
  void reread();
  return made;
}

export async function changeRegistry(name: string, change: Parameters<typeof editRegistry>[1]): Promise<void> {
  await editRegistry(name, change);
  await reread();
}

export async function removeRegistry(name: string): Promise<void> {
  await endRegistry(name);
  queryClient.removeQueries({ queryKey: ["registries", name] });
  await reread();
}

export async function changeCollection(collection: RegistryCollection, change: CollectionEdit): Promise<void> {
  await editCollection(collection, change);
  await reread();
}

export async function removeCollectionOf(collection: RegistryCollection): Promise<void> {
  await dropCollection(collection);
  queryClient.removeQueries({ queryKey: linkedVersionsQuery(collection.registry, collection.name).queryKey });
  await reread();
}

/**
 * Lets exactly these aliases name a version.
 *
 * @throws ApiError after what was shown was put back.
 */
export async function changeAliases(collection: LinkedVersions, version: string, aliases: string[]): Promise<void> {
  const { queryKey } = linkedVersionsQuery(collection.registry, collection.name);
  await queryClient.cancelQueries({ queryKey });
  const before = queryClient.getQueryData<LinkedVersions>(queryKey);
  if (before) {
    const items = before.items.map((one) =>
      one.version === version
        ? { ...one, aliases }
        : { ...one, aliases: one.aliases.filter((alias) => !aliases.includes(alias)) },
    );
    queryClient.setQueryData(queryKey, { ...before, items });
  }
  try {
    await setAliases(collection, version, aliases);
  } catch (error) {
    queryClient.setQueryData(queryKey, before);
    throw error;
  } finally {
    void reread();
  }
}

export async function removeLink(collection: RegistryCollection, version: string): Promise<void> {
  await dropLink(collection, version);
  await reread();
}

/** Links a version; a registry that isn't there is made first. */
export async function link(
  registry: string,
  isNew: boolean,
  collection: string,
  source: VersionPlace,
  aliases: string[],
): Promise<string> {
  if (isNew) await makeRegistry({ name: registry });
  const linked = await linkVersion(registry, collection, source, aliases);
  void reread();
  void queryClient.invalidateQueries({ predicate: ({ queryKey }) => queryKey.includes("artifact-version") });
  return linked.version;
}
