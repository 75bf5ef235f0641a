/** Addresses of the pages; the paths that the official client prints are among them. */
import type { Place } from "../net/projects";
import { viewStore, writeView } from "../state/view";

const encode = (...segments: string[]) => `/${segments.map(encodeURIComponent).join("/")}`;

export const workspaceAt = ({ entity, project }: Place) => encode(entity, project);
export const overviewAt = ({ entity, project }: Place) => encode(entity, project, "overview");
export const tableAt = ({ entity, project }: Place) => encode(entity, project, "table");
export const runAt = ({ entity, project }: Place, id: string, tab?: string) =>
  encode(entity, project, "runs", id, ...(tab ? [tab] : []));
export const storageAt = ({ entity, project }: Place) => encode(entity, project, "storage");
export const artifactsAt = ({ entity, project }: Place) => encode(entity, project, "artifacts");
/** Runs that an address names: servers refuse lines of any length. */
const NAMED = 300;
/** The address of the page that compares these runs; the rest of the view goes along. */
export const compareOf = ({ entity, project }: Place, runs: string[]) =>
  encode(entity, project, "compare") +
  writeView({ ...viewStore.getState(), focus: null, compared: runs.slice(0, NAMED) });
/** The address of a version's page, as the official client prints it. */
export const artifactAt = (
  { entity, project, name, version }: Place & { name: string; version: string },
  type: string,
  tab?: string,
) => encode(entity, project, "artifacts", type, name, version, ...(tab ? [tab] : []));
export const registriesAt = "/registry";
/** The address of a registry, or of a collection in it. */
export const registryAt = (registry: string, collection?: string) =>
  encode("registry", registry, ...(collection === undefined ? [] : [collection]));

const REGISTRY_ENTITY = "registry";
const REGISTRY_PREFIX = "wandb-registry-";
/** The name of the registry that a project is; null: it is none. */
export function registryOf({ entity, project }: Place): string | null {
  if (entity === REGISTRY_ENTITY)
    return project.startsWith(REGISTRY_PREFIX) ? project.slice(REGISTRY_PREFIX.length) : project;
  return project === "model-registry" ? `${entity}:${project}` : null;
}
