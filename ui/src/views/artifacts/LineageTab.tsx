/** Where a version came from and where it went. */
import type { Place } from "../../net/projects";
import type { WholeVersion } from "../../net/shapes";

export function LineageTab(_: { place: Place; version: WholeVersion }) {
  return null;
}
