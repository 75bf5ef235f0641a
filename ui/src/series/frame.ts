/**
 * Decodes the series frame, the server's one binary answer, into typed arrays without copying them.
 *
 * The layout is described byte by byte in `runwell.wire.frame`.
 */

/** The server chooses double precision where single would turn a curve into stairs (step counters, token counts). */
export type Floats = Float32Array | Float64Array;

/** Every point of a series, exactly. */
export interface Exact {
  bucketed: false;
  x: Float64Array;
  y: Float64Array;
}

/** One bucket a pixel column; `min` and `max` hold over every point of the bucket. */
export interface Buckets {
  bucketed: true;
  /** x of each bucket's last point. */
  x: Float64Array;
  /** x of each bucket's first point. */
  x0: Float64Array;
  min: Floats;
  max: Floats;
  last: Floats;
  mean: Floats;
  /** Points in each bucket. */
  count: Float32Array;
}

/** What a series that stands for several runs has beside its line (`y`); reckoned from all their points. */
export interface Group {
  id: string;
  /** Runs of the group that have the key. */
  runs: number;
  /** The band around the line; empty if none was asked for. */
  low: Floats;
  high: Floats;
  /** Runs that stand behind each x. */
  runsAt: Float32Array;
  /** Each x of the runs' points is there; otherwise one a pixel column. */
  exact: boolean;
}

/** What a point is that isn't finite. */
export const NAN = 1;
export const UP = 2;
export const DOWN = 4;

/** How many values are NaN, +∞ and −∞. */
export interface NonFinite {
  nan: number;
  up: number;
  down: number;
}

export const ALL_FINITE: NonFinite = { nan: 0, up: 0, down: 0 };

export type Series = (Exact | Buckets) & {
  /** Empty where `group` is there. */
  run: string;
  key: string;
  group?: Group;
  /** Points behind what is drawn, in the range asked for. */
  total: number;
  /** How many of them are no finite number. */
  nonFinite: NonFinite;
  /** x of non-finite points, at most one a pixel column. */
  badX: Float64Array;
  /** What they are: bits of `NAN`, `UP` and `DOWN`. */
  badKind: ArrayLike<number>;
};

export interface Frame {
  x: string;
  widthPx: number | null;
  /** The point budget forced a coarser level than asked for; min and max are kept. */
  coarsened: boolean;
  series: Series[];
}

type Place = [dtype: "f8" | "f4", offset: number, length: number];

interface Described {
  run: string;
  key: string;
  total: number;
  non_finite: number;
  infinite: [up: number, down: number];
  bucketed: boolean;
  group?: string;
  runs?: number;
  exact?: boolean;
  arrays: Record<string, Place>;
}

const EMPTY = new Float64Array(0);

/**
 * Decodes a frame.
 *
 * @throws Error when the bytes are not a whole frame.
 */
export function decodeFrame(bytes: ArrayBuffer): Frame {
  const view = new DataView(bytes);
  if (bytes.byteLength < 8 || view.getUint32(0) !== 0x52574631) throw new Error("The answer is not a series frame.");
  const length = view.getUint32(4, true);
  const start = 8 + length;
  if (start > bytes.byteLength) throw new Error("The series frame was cut short.");
  const header = JSON.parse(new TextDecoder().decode(new Uint8Array(bytes, 8, length)));

  const wide = (place: Place | undefined) => (place ? new Float64Array(bytes, start + place[1], place[2]) : EMPTY);
  const narrow = (place: Place | undefined) =>
    place ? new Float32Array(bytes, start + place[1], place[2]) : new Float32Array(0);

  const floats = (place: Place | undefined): Floats => (place?.[0] === "f8" ? wide(place) : narrow(place));

  const series = (header.series as Described[]).map((described): Series => {
    const { arrays } = described;
    const [up, down] = described.infinite;
    const shared = {
      run: described.run,
      key: described.key,
      total: described.total,
      nonFinite: { nan: described.non_finite - up - down, up, down },
      badX: wide(arrays.bad_x),
      badKind: narrow(arrays.bad_kind),
      x: wide(arrays.x),
    };
    if (described.group !== undefined) {
      return {
        ...shared,
        bucketed: false,
        y: wide(arrays.y),
        group: {
          id: described.group,
          runs: described.runs ?? 0,
          low: floats(arrays.low),
          high: floats(arrays.high),
          runsAt: narrow(arrays.runs),
          exact: described.exact ?? false,
        },
      };
    }
    if (!described.bucketed) return { ...shared, bucketed: false, y: wide(arrays.y) };
    return {
      ...shared,
      bucketed: true,
      x0: wide(arrays.x0),
      min: floats(arrays.min),
      max: floats(arrays.max),
      last: floats(arrays.last),
      mean: floats(arrays.mean),
      count: narrow(arrays.count),
    };
  });
  return { x: header.x, widthPx: header.width_px, coarsened: header.coarsened, series };
}
