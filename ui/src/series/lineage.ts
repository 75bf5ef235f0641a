/** A lineage graph made ready to be drawn: which nodes are siblings, what is on a node's path, what a search finds. Pure. */
import { byName } from "./names";

export interface GraphNode {
  id: string;
  kind: "run" | "artifact";
  /** What kind of thing it is: a run's job type, an artifact's type. */
  group: string;
  name: string;
}

export interface GraphEdge {
  from: string;
  to: string;
}

/** Siblings from which on they are folded into one box. */
export const CLUSTER_FROM = 5;
/** Members that an open cluster shows at first. */
export const MEMBERS_SHOWN = 6;

export interface Cluster {
  id: string;
  kind: "run" | "artifact";
  group: string;
  members: string[];
}

export interface Neighbours {
  before: Map<string, string[]>;
  after: Map<string, string[]>;
}

export function neighbours(nodes: { id: string }[], edges: GraphEdge[]): Neighbours {
  const before = new Map<string, string[]>(nodes.map(({ id }) => [id, []]));
  const after = new Map<string, string[]>(nodes.map(({ id }) => [id, []]));
  for (const { from, to } of edges) {
    if (!before.has(from) || !after.has(to)) continue;
    after.get(from)!.push(to);
    before.get(to)!.push(from);
  }
  return { before, after };
}

/**
 * Finds the clusters: nodes of one kind and group that hang on the same things before them and after them, where things
 * in a cluster of their own count as one.
 *
 * Nodes of a sweep differ in what hangs on each of them (every run makes its own model), so the sides are compared by
 * round: first what is equal as it stands is folded, then what became equal thereby.
 *
 * @param alone nodes that are never folded: the one that the page is about.
 * @param least members of a cluster.
 */
export function findClusters(
  nodes: GraphNode[],
  edges: GraphEdge[],
  alone: Set<string>,
  least = CLUSTER_FROM,
): Cluster[] {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const { before, after } = neighbours(nodes, edges);
  const shape = (ids: string[]) => ids.slice().sort().join(" ");
  const fold = (sign: (node: GraphNode) => string): Map<string, string[]> => {
    const bySign = new Map<string, string[]>();
    for (const node of nodes) {
      if (alone.has(node.id)) continue;
      const key = `${node.kind} ${node.group} ${sign(node)}`;
      bySign.set(key, [...(bySign.get(key) ?? []), node.id]);
    }
    return bySign;
  };
  const owner = new Map<string, string>();
  const found = new Map<string, string[]>();
  const take = (members: string[]) => {
    const free = members.filter((id) => !owner.has(id));
    if (free.length < least) return;
    // Named by its first member, so that it stays what it is while the graph is asked again.
    const id = `cluster:${free.slice().sort()[0]}`;
    for (const member of free) owner.set(member, id);
    found.set(id, free);
  };
  // Runs and artifacts that come from the same and lead nowhere beyond one thing of their own, or all to the same.
  for (const members of fold((node) => `${shape(before.get(node.id)!)} > ${shape(after.get(node.id)!)}`).values()) {
    take(members);
  }
  // Runs that read the same: what each made of it differs, but what they are for is the same.
  for (const members of fold((node) =>
    node.kind === "run" && before.get(node.id)!.length > 0 ? shape(before.get(node.id)!) : node.id,
  ).values()) {
    take(members);
  }
  // Then what stands behind clusters, or in front of them, and is equal now that they are one.
  for (let round = 0; round < 8; round++) {
    const size = found.size;
    const seen = (ids: string[]) => shape([...new Set(ids.map((id) => owner.get(id) ?? id))]);
    const isFolded = (ids: string[]) => ids.some((id) => owner.has(id));
    for (const members of fold((node) => {
      const [from, to] = [before.get(node.id)!, after.get(node.id)!];
      if (!isFolded(from) && !isFolded(to)) return node.id;
      return `${seen(from)} > ${seen(to)}`;
    }).values()) {
      take(members);
    }
    if (found.size === size) break;
  }
  return [...found].map(([id, members]) => {
    const first = byId.get(members[0]!)!;
    const sorted = members.slice().sort((a, b) => byName(byId.get(a)!.name, byId.get(b)!.name));
    return { id, kind: first.kind, group: first.group, members: sorted };
  });
}

export interface ClusterShown extends Cluster {
  isOpen: boolean;
  /** Members that are drawn, in the cluster's order. */
  shown: string[];
}

export interface DrawnGraph {
  /** Ids of nodes that stand by themselves. */
  nodes: string[];
  clusters: ClusterShown[];
  /** Between nodes and clusters, once each. */
  edges: GraphEdge[];
  /** Nodes that can be seen: alone or as a member of an open cluster. */
  seen: number;
}

/**
 * Gives what is drawn.
 *
 * @param shown gives the members of a cluster that are drawn; none for a folded one.
 */
export function drawnGraph(
  nodes: { id: string }[],
  edges: GraphEdge[],
  clusters: Cluster[],
  shown: (cluster: Cluster) => string[] | null,
): DrawnGraph {
  const owner = ownersOf(clusters);
  const drawn = clusters.map((cluster): ClusterShown => {
    const members = shown(cluster);
    return { ...cluster, isOpen: members !== null, shown: members ?? [] };
  });
  const single = nodes.filter((node) => !owner.has(node.id)).map((node) => node.id);
  const known = new Set(nodes.map((node) => node.id));
  const once = new Map<string, GraphEdge>();
  for (const edge of edges) {
    if (!known.has(edge.from) || !known.has(edge.to)) continue;
    const from = owner.get(edge.from) ?? edge.from;
    const to = owner.get(edge.to) ?? edge.to;
    if (from !== to) once.set(`${from} ${to}`, { from, to });
  }
  const seen = single.length + drawn.reduce((sum, cluster) => sum + cluster.shown.length, 0);
  return { nodes: single, clusters: drawn, edges: [...once.values()], seen };
}

/** Gives the cluster of every node that is in one. */
export function ownersOf(clusters: Cluster[]): Map<string, string> {
  return new Map(clusters.flatMap(({ id, members }) => members.map((member) => [member, id] as const)));
}

/** Gives a node and everything that it came from. */
export function originOf(id: string, before: Map<string, string[]>): Set<string> {
  const found = new Set([id]);
  const waiting = [id];
  while (waiting.length > 0) {
    for (const next of before.get(waiting.pop()!) ?? []) {
      if (found.has(next)) continue;
      found.add(next);
      waiting.push(next);
    }
  }
  return found;
}

/** Finds nodes by a part of their name or group. */
export function findNodes(nodes: GraphNode[], text: string): Set<string> {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return new Set();
  return new Set(
    nodes.filter((node) => `${node.group} ${node.name}`.toLowerCase().includes(wanted)).map((node) => node.id),
  );
}

export interface Box {
  x: number;
  y: number;
  width: number;
  height: number;
}

export type Direction = "left" | "right" | "up" | "down";

/** Gives the node to go to from another by an arrow key: left and right along edges, up and down to what lies nearest. */
export function nextNode(
  from: string,
  direction: Direction,
  boxes: Map<string, Box>,
  { before, after }: Neighbours,
): string | null {
  const here = boxes.get(from);
  if (!here) return null;
  const middle = (box: Box) => ({ x: box.x + box.width / 2, y: box.y + box.height / 2 });
  const at = middle(here);
  const nearest = (ids: Iterable<string>, far: (box: { x: number; y: number }) => number | null): string | null => {
    let best: string | null = null;
    let least = Number.POSITIVE_INFINITY;
    for (const id of ids) {
      const box = boxes.get(id);
      if (!box || id === from) continue;
      const distance = far(middle(box));
      if (distance !== null && distance < least) {
        least = distance;
        best = id;
      }
    }
    return best;
  };
  if (direction === "left" || direction === "right") {
    return nearest((direction === "left" ? before : after).get(from) ?? [], ({ y }) => Math.abs(y - at.y));
  }
  const sign = direction === "up" ? -1 : 1;
  return nearest(boxes.keys(), ({ x, y }) =>
    (y - at.y) * sign <= 1 ? null : Math.abs(y - at.y) + 4 * Math.abs(x - at.x),
  );
}
