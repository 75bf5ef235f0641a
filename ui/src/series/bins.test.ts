import { describe, expect, test } from "vitest";
import { rangeOf, readHistogram, shares } from "./bins";

describe("histograms", () => {
  test("are read with edges or with packed bins", () => {
    const packed = { _type: "histogram", values: [1, 3], packedBins: { min: 0, size: 0.5, count: 2 } };
    expect(readHistogram(packed)).toEqual({ counts: [1, 3], edges: [0, 0.5, 1] });
    expect(readHistogram({ _type: "histogram", values: [1, 3], bins: [0, 0.5, 1] })).toEqual(readHistogram(packed));
    expect(readHistogram({ _type: "histogram", values: [1, 3], bins: [0, 1] })).toBeNull();
  });

  test("of other bins are spread over the same range, nothing lost", () => {
    const narrow = { counts: [4, 4], edges: [0, 1, 2] };
    const wide = { counts: [2], edges: [0, 4] };
    expect(rangeOf([narrow, wide])).toEqual([0, 4]);
    expect([...shares(narrow, [0, 4], 4)]).toEqual([0.5, 0.5, 0, 0]);
    expect([...shares(wide, [0, 4], 4)]).toEqual([0.25, 0.25, 0.25, 0.25]);
    expect([...shares(narrow, [0, 4], 2)]).toEqual([1, 0]);
  });

  test("of one value keep it", () => {
    const one = { counts: [7], edges: [3, 3] };
    expect(rangeOf([one])).toEqual([2.5, 3.5]);
    expect([...shares(one, [2.5, 3.5], 2)]).toEqual([0, 1]);
  });
});
