/** Addresses of the pages; the paths that the official client prints are among them. */
import type { Place } from "../net/projects";

const encode = (...segments: string[]) => `/${segments.map(encodeURIComponent).join("/")}`;

export const workspaceAt = ({ entity, project }: Place) => encode(entity, project);
export const tableAt = ({ entity, project }: Place) => encode(entity, project, "table");
export const runAt = ({ entity, project }: Place, id: string, tab?: string) =>
  encode(entity, project, "runs", id, ...(tab ? [tab] : []));
