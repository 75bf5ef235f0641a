import { describe, expect, test } from "vitest";
import { decodeFrame, NAN, UP } from "./frame";

/** Builds a frame as runwell.wire.frame describes it. */
function encode(series: { fields: object; arrays: Record<string, ["f8" | "f4", number[]]> }[]): ArrayBuffer {
  const blocks: Uint8Array[] = [];
  let length = 0;
  const described = series.map(({ fields, arrays }) => {
    const places: Record<string, unknown> = {};
    for (const [name, [dtype, values]] of Object.entries(arrays)) {
      const bytes = new Uint8Array((dtype === "f8" ? new Float64Array(values) : new Float32Array(values)).buffer);
      const padded = new Uint8Array(Math.ceil(bytes.length / 8) * 8);
      padded.set(bytes);
      places[name] = [dtype, length, values.length];
      blocks.push(padded);
      length += padded.length;
    }
    return { ...fields, arrays: places };
  });
  let text = JSON.stringify({ x: "step", width_px: null, coarsened: false, series: described });
  text += " ".repeat((8 - (text.length % 8)) % 8);
  const out = new Uint8Array(8 + text.length + length);
  out.set(new TextEncoder().encode("RWF1"));
  new DataView(out.buffer).setUint32(4, text.length, true);
  out.set(new TextEncoder().encode(text), 8);
  let at = 8 + text.length;
  for (const block of blocks) {
    out.set(block, at);
    at += block.length;
  }
  return out.buffer;
}

const fields = { run: "r1", key: "loss", n: 3, total: 3, non_finite: 2, infinite: [1, 0] };

describe("a series frame", () => {
  test("gives exact points as they were, NaN included", () => {
    const frame = decodeFrame(
      encode([
        {
          fields: { ...fields, bucketed: false },
          arrays: {
            x: ["f8", [0, 1, 2]],
            y: ["f8", [1.5, Number.NaN, 0.1]],
            bad_x: ["f8", [1]],
            bad_kind: ["f4", [3]],
          },
        },
      ]),
    );
    const [series] = frame.series;
    expect(series?.bucketed).toBe(false);
    if (series?.bucketed !== false) return;
    expect([...series.x]).toEqual([0, 1, 2]);
    expect([...series.y]).toEqual([1.5, Number.NaN, 0.1]);
    expect([...series.badX]).toEqual([1]);
    expect(series.nonFinite).toEqual({ nan: 1, up: 1, down: 0 });
    expect([...Array.from(series.badKind)]).toEqual([NAN + UP]);
  });

  test("gives buckets of several series, whatever the padding between them", () => {
    const arrays = {
      x: ["f8", [9]],
      x0: ["f8", [1]],
      min: ["f4", [0.5]],
      max: ["f4", [2]],
      last: ["f4", [1]],
      mean: ["f4", [1.25]],
      count: ["f4", [9]],
    } as Record<string, ["f8" | "f4", number[]]>;
    const frame = decodeFrame(
      encode([
        { fields: { ...fields, bucketed: true }, arrays },
        { fields: { ...fields, run: "r2", bucketed: true }, arrays },
      ]),
    );
    const second = frame.series[1];
    expect(second?.run).toBe("r2");
    if (!second?.bucketed) throw new Error("it is bucketed");
    expect(second.max[0]).toBe(2);
    expect(second.count[0]).toBe(9);
    expect(second.badX.length).toBe(0);
  });

  test("gives a group's line, its band and the runs behind each point", () => {
    const group = {
      key: "loss",
      run: "",
      group: "adam",
      runs: 3,
      n: 2,
      total: 9,
      non_finite: 0,
      infinite: [0, 0],
      bucketed: false,
      exact: true,
    };
    const line: Record<string, ["f8" | "f4", number[]]> = {
      x: ["f8", [0, 5]],
      y: ["f8", [1, 2]],
      runs: ["f4", [3, 2]],
    };
    const band: typeof line = { low: ["f4", [0.5, 1]], high: ["f4", [2, 4]] };
    const frame = decodeFrame(
      encode([
        { fields: group, arrays: { ...line, ...band } },
        { fields: { ...group, exact: false }, arrays: line },
      ]),
    );
    const [banded, bare] = frame.series;
    if (!banded || banded.bucketed || !banded.group || bare?.bucketed) throw new Error("both are lines of groups");
    expect([banded.run, banded.group.id, banded.group.runs, banded.group.exact, banded.total]).toEqual([
      "",
      "adam",
      3,
      true,
      9,
    ]);
    expect([...banded.y]).toEqual([1, 2]);
    expect([...banded.group.low]).toEqual([0.5, 1]);
    expect([...banded.group.high]).toEqual([2, 4]);
    expect([...banded.group.runsAt]).toEqual([3, 2]);
    expect([bare?.group?.low.length, bare?.group?.exact]).toEqual([0, false]);
  });

  test("refuses what is cut short or something else", () => {
    const whole = encode([]);
    expect(() => decodeFrame(whole.slice(0, 10))).toThrow(/cut short/);
    expect(() => decodeFrame(new TextEncoder().encode('{"error": "no"}').buffer as ArrayBuffer)).toThrow(
      /not a series/,
    );
  });
});
