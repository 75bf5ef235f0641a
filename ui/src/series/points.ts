/** Point clouds and their scenes as they were logged, read into arrays that a graphics card takes. Pure. */
import { asNumber, type Json } from "./tagged";

export interface Cloud {
  /** x, y, z of every point. */
  positions: Float32Array;
  /** Red, green, blue from 0 to 1 of every point; null when none were given. */
  colours: Float32Array | null;
  /** Class of every point; null when none were given. */
  classes: Float32Array | null;
  /** Points that were logged; those beyond `MOST_POINTS` are thinned evenly. */
  total: number;
  boxes: Box[];
  vectors: { start: Vector; end: Vector; colour: Vector | null }[];
}

export type Vector = [number, number, number];

export interface Box {
  /** Ends of its twelve edges, two after two. */
  edges: Vector[];
  top: Vector;
  label: string;
  colour: Vector | null;
}

/** Drawn fluently by what notebooks have for a graphics card. */
export const MOST_POINTS = 500_000;

/** Reads a cloud or a scene; null when it is neither. */
export function readCloud(document: Json): Cloud | null {
  const scene = typeof document === "object" && document !== null && !Array.isArray(document) ? document : null;
  const points = scene ? scene.points : document;
  if (!Array.isArray(points)) return null;
  const total = points.length;
  const kept = Math.min(total, MOST_POINTS);
  const wide = Array.isArray(points[0]) ? points[0].length : 3;
  const positions = new Float32Array(kept * 3);
  const colours = wide >= 6 ? new Float32Array(kept * 3) : null;
  const classes = wide === 4 ? new Float32Array(kept) : null;
  let n = 0;
  for (let i = 0; i < kept; i++) {
    const point = points[kept === total ? i : Math.floor((i * total) / kept)];
    const place = readVector(point as Json);
    // A point without a place would make the whole scene's size unknown.
    if (!place) continue;
    positions.set(place, n * 3);
    const more = point as Json[];
    if (classes) classes[n] = asNumber(more[3]) ?? 0;
    if (colours) for (let c = 0; c < 3; c++) colours[n * 3 + c] = (asNumber(more[3 + c]) ?? 0) / 255;
    n += 1;
  }
  return {
    positions: positions.subarray(0, n * 3),
    colours: colours?.subarray(0, n * 3) ?? null,
    classes: classes?.subarray(0, n) ?? null,
    total,
    boxes: list(scene?.boxes).flatMap((box) => readBox(box) ?? []),
    vectors: list(scene?.vectors).flatMap((one) => {
      const [start, end] = [readVector(one.start!), readVector(one.end!)];
      return start && end ? [{ start, end, colour: readColour(one.color) }] : [];
    }),
  };
}

function list(value: Json | undefined): { [key: string]: Json }[] {
  if (!Array.isArray(value)) return [];
  return value.filter(
    (one): one is { [key: string]: Json } => typeof one === "object" && one !== null && !Array.isArray(one),
  );
}

function readVector(value: Json | undefined): Vector | null {
  if (!Array.isArray(value) || value.length < 3) return null;
  const [x, y, z] = value.map(asNumber);
  return [x, y, z].every((one) => typeof one === "number" && Number.isFinite(one)) ? [x!, y!, z!] : null;
}

function readColour(value: Json | undefined): Vector | null {
  const colour = readVector(value);
  return colour && (colour.map((one) => one / 255) as Vector);
}

function readBox(box: { [key: string]: Json }): Box | null {
  if (!Array.isArray(box.corners)) return null;
  const corners = box.corners.map(readVector).filter((one) => one !== null);
  if (corners.length !== 8) return null;
  const top = corners.reduce((sum, corner) => sum.map((one, i) => one + corner[i]! / 8) as Vector, [0, 0, 0] as Vector);
  top[2] = Math.max(...corners.map((corner) => corner[2]));
  const score = asNumber(box.score);
  const label = typeof box.label === "string" ? box.label : "";
  return {
    edges: boxEdges(corners),
    top,
    label: score === null ? label : `${label} ${score.toFixed(2)}`.trim(),
    colour: readColour(box.color),
  };
}

const minus = (a: Vector, b: Vector): Vector => [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
const plus = (a: Vector, b: Vector): Vector => [a[0] + b[0], a[1] + b[1], a[2] + b[2]];
const length = (a: Vector) => Math.hypot(...a);

/**
 * Finds the edges of a box whose corners stand in any order.
 *
 * From one corner the shortest way to another is an edge, and so are the next that aren't the sum of edges found.
 */
export function boxEdges(corners: Vector[]): Vector[] {
  const [origin] = corners as [Vector];
  const ways = corners
    .slice(1)
    .map((corner) => minus(corner, origin))
    .sort((a, b) => length(a) - length(b));
  const near = 1e-4 * length(ways.at(-1)!);
  const sides: Vector[] = [];
  for (const way of ways) {
    const isDiagonal = sides.length === 2 && length(minus(way, plus(sides[0]!, sides[1]!))) <= near;
    if (!isDiagonal) sides.push(way);
    if (sides.length === 3) break;
  }
  const [a, b, c] = sides as [Vector, Vector, Vector];
  const edges: Vector[] = [];
  for (const [side, one, other] of [
    [a, b, c],
    [b, a, c],
    [c, a, b],
  ] as const) {
    for (const from of [origin, plus(origin, one), plus(origin, other), plus(plus(origin, one), other)]) {
      edges.push(from, plus(from, side));
    }
  }
  return edges;
}
