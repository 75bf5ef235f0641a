/** Registries: their collections, linked versions, who moved which alias, who uses them; edits of them. */
import { address, getJson, sendJson } from "./http";
import type { ArtifactVersion, Collection, RunRef, VersionPlace } from "./shapes";

type Asked = { signal: AbortSignal };

export interface Registry {
  /** NAME of a shared one, ENTITY:model-registry of an entity's own. */
  name: string;
  entity: string;
  project: string;
  shared: boolean;
  writable: boolean;
  /** Whether the reader may delete it: nobody else has linked into it, or he is an administrator. */
  deletable: boolean;
  description: string;
  /** Types it takes; none: every type. */
  types: string[];
  collections: number;
  versions: number;
  created_at: number;
  updated_at: number;
}

/** What happened to an alias: `version` null: it was removed; `from` null: it named nothing before. */
export interface AliasMove {
  alias: string;
  version: string | null;
  from: string | null;
  by: string | null;
  run: RunRef | null;
  moved_at: number;
}

export interface RegistryCollection extends Collection {
  registry: string;
  writable: boolean;
  /** Whether the reader may delete it: what others have linked into, only administrators. */
  deletable: boolean;
  aliases: { alias: string; version: string }[];
  last_move: AliasMove | null;
}

interface Link {
  version: string;
  aliases: string[];
  linked_at: number;
  linked_by: string | null;
}

/** A version in a collection of a registry; of a hidden one its place there is all that the reader may know. */
export type LinkedVersion =
  | (Link & { hidden: true; source: null })
  | (Link & ArtifactVersion & { hidden: false; source: VersionPlace });

export interface LinkedVersions extends RegistryCollection {
  total: number;
  items: LinkedVersion[];
  alias_moves: AliasMove[];
  used_by: { total: number; items: { run: RunRef; version: string; used_at: number }[] };
}

export interface Registries {
  /** Whether the reader may make one. */
  writable: boolean;
  registries: Registry[];
}

/** Whether the reader may link a version anywhere. */
export const mayLink = (found: Registries | undefined): boolean =>
  found !== undefined && (found.writable || found.registries.some((one) => one.writable));

/** Rows of one question; the server gives no more. */
const MOST_ROWS = 1000;

export const registriesQuery = {
  queryKey: ["registries"] as const,
  queryFn: ({ signal }: Asked) => getJson<Registries>(address(["api", "registries"]), signal),
};

export const registryQuery = (name: string) => ({
  queryKey: ["registries", name],
  queryFn: ({ signal }: Asked) => getJson<Registry>(address(["api", "registries", name]), signal),
});

/** Collections of a registry, or of all, the last changed first. */
export const registryCollectionsQuery = (registry?: string, search = "", limit = MOST_ROWS) => ({
  queryKey: ["registry-collections", registry ?? "", search, limit],
  queryFn: ({ signal }: Asked) =>
    getJson<{ total: number; collections: RegistryCollection[] }>(
      address(["api", "registry-collections"], { registry, search, limit }),
      signal,
    ),
});

export const linkedVersionsQuery = (registry: string, collection: string) => ({
  queryKey: ["registry-collection", registry, collection],
  queryFn: ({ signal }: Asked) =>
    getJson<LinkedVersions>(address(["api", "registries", registry, collection], { limit: MOST_ROWS }), signal),
});

export const makeRegistry = (registry: { name: string; description?: string; types?: string[] }) =>
  sendJson<Registry>("POST", address(["api", "registries"]), registry);
export const editRegistry = (name: string, change: { name?: string; description?: string; types?: string[] }) =>
  sendJson<Registry>("PATCH", address(["api", "registries", name]), change);
export const deleteRegistry = (name: string) =>
  sendJson<void>("DELETE", address(["api", "registries", name], { with_collections: 1 }));
export const linkVersion = (registry: string, collection: string, source: VersionPlace, aliases: string[]) =>
  sendJson<LinkedVersion>("POST", address(["api", "registries", registry, collection]), { ...source, aliases });

/** What may be set on a collection. */
export interface CollectionEdit {
  description?: string;
  add_tags?: string[];
  remove_tags?: string[];
}

const inProject = ({ entity, project, name }: RegistryCollection, ...rest: string[]) =>
  address(["api", "projects", entity, project, "artifacts", name, ...rest]);

export const editCollection = (collection: RegistryCollection, change: CollectionEdit) =>
  sendJson<Collection>("PATCH", inProject(collection), change);
export const dropCollection = (collection: RegistryCollection) => sendJson<void>("DELETE", inProject(collection));
export const setAliases = (collection: RegistryCollection, version: string, aliases: string[]) =>
  sendJson<unknown>("PATCH", inProject(collection, version), { aliases });
export const dropLink = (collection: RegistryCollection, version: string) =>
  sendJson<void>("DELETE", inProject(collection, version));
