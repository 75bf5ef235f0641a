/** Edits of projects: what depends on them is read again. */
import { deleteProject, editProject, type Place, placeKey, projectQuery, restoreProject } from "../net/projects";
import type { WholeProject } from "../net/shapes";
import { queryClient } from "./live";

export async function describeProject(place: Place, description: string): Promise<void> {
  const { queryKey } = projectQuery(place);
  await editProject(place, { description });
  queryClient.setQueryData<WholeProject>(queryKey, (known) => known && { ...known, description });
  void queryClient.invalidateQueries({ queryKey: ["projects"] });
}

/** Hides a project with all it has, until it is restored or cleaned up; who asks has left its pages. */
export async function removeProject(place: Place): Promise<void> {
  await deleteProject(place);
  queryClient.removeQueries({ queryKey: placeKey(place) });
  void queryClient.invalidateQueries({ queryKey: ["projects"] });
}

export async function bringProjectBack(place: Place): Promise<void> {
  await restoreProject(place);
  void queryClient.invalidateQueries({ queryKey: placeKey(place) });
  void queryClient.invalidateQueries({ queryKey: ["projects"] });
}
