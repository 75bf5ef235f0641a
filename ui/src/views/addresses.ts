/** Addresses of the pages; the paths that the official client prints are among them. */
import type { Place } from "../net/projects";

const encode = (...segments: string[]) => `/${segments.map(encodeURIComponent).join("/")}`;

export const workspaceAt = ({ entity, project }: Place) => encode(entity, project);
export const tableAt = ({ entity, project }: Place) => encode(entity, project, "table");
export const runAt = ({ entity, project }: Place, id: string, tab?: string) =>
  encode(entity, project, "runs", id, ...(tab ? [tab] : []));
export const artifactsAt = ({ entity, project }: Place) => encode(entity, project, "artifacts");
/** The address of a version's page, as the official client prints it. */
export const artifactAt = (
  { entity, project, name, version }: Place & { name: string; version: string },
  type: string,
  tab?: string,
) => encode(entity, project, "artifacts", type, name, version, ...(tab ? [tab] : []));
