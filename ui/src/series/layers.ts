/** Lays a large graph out in layers, in time that grows with its edges: for graphs that a better layout takes too long for. Pure. */
import type { Box, GraphEdge } from "./lineage";

export interface Sized {
  id: string;
  width: number;
  height: number;
}

const GAP_X = 56;
const GAP_Y = 16;
/** Times that the layers are put into the order of what they hang on, there and back. */
const SWEEPS = 4;

/** Gives every node its layer: one more than the highest of those before it. What stands in a circle stays where it is met. */
export function layersOf(ids: string[], edges: GraphEdge[]): Map<string, number> {
  const layer = new Map(ids.map((id) => [id, 0]));
  const after = new Map<string, string[]>(ids.map((id) => [id, []]));
  const waits = new Map(ids.map((id) => [id, 0]));
  for (const { from, to } of edges) {
    after.get(from)!.push(to);
    waits.set(to, waits.get(to)! + 1);
  }
  const ready = ids.filter((id) => waits.get(id) === 0);
  for (let at = 0; at < ready.length; at++) {
    const id = ready[at]!;
    for (const next of after.get(id)!) {
      layer.set(next, Math.max(layer.get(next)!, layer.get(id)! + 1));
      const left = waits.get(next)! - 1;
      waits.set(next, left);
      if (left === 0) ready.push(next);
    }
  }
  return layer;
}

/** Places nodes from left to right in layers, each ordered by the middle of what its nodes hang on. */
export function layOutLayers(nodes: Sized[], edges: GraphEdge[]): Map<string, Box> {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const known = edges.filter(({ from, to }) => byId.has(from) && byId.has(to));
  const layer = layersOf([...byId.keys()], known);
  const layers: string[][] = [];
  for (const [id, at] of layer) {
    layers[at] ??= [];
    layers[at].push(id);
  }
  const before = new Map<string, string[]>();
  const after = new Map<string, string[]>();
  for (const { from, to } of known) {
    after.set(from, [...(after.get(from) ?? []), to]);
    before.set(to, [...(before.get(to) ?? []), from]);
  }
  const place = new Map<string, number>();
  const number = (ids: string[]) => {
    for (const [at, id] of ids.entries()) place.set(id, at / Math.max(ids.length - 1, 1));
  };
  for (const ids of layers) number(ids);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const isBack = sweep % 2 === 1;
    const side = isBack ? after : before;
    for (const ids of isBack ? [...layers].reverse() : layers) {
      const weight = new Map(
        ids.map((id) => {
          const hangs = side.get(id);
          if (!hangs) return [id, place.get(id)!];
          return [id, hangs.reduce((sum, one) => sum + place.get(one)!, 0) / hangs.length];
        }),
      );
      ids.sort((a, b) => weight.get(a)! - weight.get(b)!);
      number(ids);
    }
  }
  const boxes = new Map<string, Box>();
  let x = 0;
  for (const ids of layers) {
    const widest = Math.max(...ids.map((id) => byId.get(id)!.width));
    const tall = ids.reduce((sum, id) => sum + byId.get(id)!.height + GAP_Y, -GAP_Y);
    let y = -tall / 2;
    for (const id of ids) {
      const { width, height } = byId.get(id)!;
      boxes.set(id, { x: x + (widest - width) / 2, y, width, height });
      y += height + GAP_Y;
    }
    x += widest + GAP_X;
  }
  return boxes;
}
