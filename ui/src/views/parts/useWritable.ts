/** Whether the reader may change a project: who may only look is offered nothing that the server refuses. */
import { useQuery } from "@tanstack/react-query";
import { type Place, projectQuery } from "../../net/projects";
import { useLater } from "./hooks";

/** True until the server has said otherwise: most readers may. */
export const useWritable = (place: Place): boolean =>
  useQuery({ ...projectQuery(place), enabled: useLater() }).data?.writable ?? true;
