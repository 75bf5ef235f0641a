/** Lays a lineage graph out from left to right. */
import { graphlib, layout } from "@dagrejs/dagre";
import { layOutLayers, type Sized } from "../../series/layers";
import type { Box, ClusterShown, DrawnGraph, GraphEdge } from "../../series/lineage";

export const ARTIFACT_PX = { width: 184, height: 52 };
export const RUN_PX = { width: 176, height: 28 };
export const CLUSTER_WIDTH_PX = 256;
/** Head of a cluster, its search, one member, and what stands below the members. */
export const CLUSTER_HEAD_PX = 36;
export const CLUSTER_FIND_PX = 32;
export const MEMBER_PX = 32;
export const CLUSTER_FOOT_PX = 32;
/** From so many members on a cluster has a search. */
export const FIND_FROM = 8;
/** From so many boxes on dagre takes too long: 0.3 s for 300, 15 s for 2,000. */
const QUICK_FROM = 300;

export function clusterHeight(cluster: ClusterShown): number {
  if (!cluster.isOpen) return CLUSTER_HEAD_PX;
  const find = cluster.members.length >= FIND_FROM ? CLUSTER_FIND_PX : 0;
  return CLUSTER_HEAD_PX + find + cluster.shown.length * MEMBER_PX + CLUSTER_FOOT_PX;
}

/** Gives every box of a graph its place; members of open clusters have theirs inside. */
export function layOutGraph(graph: DrawnGraph, kinds: Map<string, "run" | "artifact">): Map<string, Box> {
  const nodes: Sized[] = [
    ...graph.nodes.map((id) => ({ id, ...(kinds.get(id) === "run" ? RUN_PX : ARTIFACT_PX) })),
    ...graph.clusters.map((one) => ({ id: one.id, width: CLUSTER_WIDTH_PX, height: clusterHeight(one) })),
  ];
  const placed = nodes.length > QUICK_FROM ? layOutLayers(nodes, graph.edges) : layOutWell(nodes, graph.edges);
  for (const one of graph.clusters) {
    const box = placed.get(one.id)!;
    const top = box.y + CLUSTER_HEAD_PX + (one.members.length >= FIND_FROM ? CLUSTER_FIND_PX : 0);
    one.shown.forEach((member, at) => {
      placed.set(member, { x: box.x, y: top + at * MEMBER_PX, width: box.width, height: MEMBER_PX });
    });
  }
  return placed;
}

function layOutWell(nodes: Sized[], edges: GraphEdge[]): Map<string, Box> {
  const plan = new graphlib.Graph();
  plan.setGraph({ rankdir: "LR", nodesep: 20, ranksep: 40 });
  plan.setDefaultEdgeLabel(() => ({}));
  for (const { id, width, height } of nodes) plan.setNode(id, { width, height });
  for (const { from, to } of edges) plan.setEdge(from, to);
  layout(plan);
  const placed = new Map<string, Box>();
  for (const id of plan.nodes()) {
    const { x, y, width, height } = plan.node(id) as unknown as Box;
    placed.set(id, { x: x - width / 2, y: y - height / 2, width, height });
  }
  return placed;
}
