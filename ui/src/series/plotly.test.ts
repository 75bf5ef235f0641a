import { describe, expect, it } from "vitest";
import { readArray, readFigure } from "./plotly";

const layers = (figure: Parameters<typeof readFigure>[0]) =>
  readFigure(figure).spec!.layer as { mark: unknown; data: { values: unknown[] }; encoding: Record<string, unknown> }[];

describe("arrays of Plotly", () => {
  it("are lists or packed numbers, of one or two dimensions", () => {
    const packed = btoa(String.fromCharCode(...new Uint8Array(new Float64Array([1.5, -2, 3, 4]).buffer)));
    expect(readArray([1, "a"])).toEqual([1, "a"]);
    expect(readArray({ dtype: "f8", bdata: packed })).toEqual([1.5, -2, 3, 4]);
    expect(readArray({ dtype: "f8", bdata: packed, shape: "2, 2" })).toEqual([
      [1.5, -2],
      [3, 4],
    ]);
    expect(readArray({ dtype: "what", bdata: packed })).toEqual([]);
  });
});

describe("figures of Plotly", () => {
  it("become lines and points with their names and titles", () => {
    const figure = {
      data: [{ type: "scatter", mode: "lines+markers", name: "a", x: [2, 1], y: [5, 6] }],
      layout: { title: { text: "<b>Loss</b>" }, xaxis: { title: { text: "epoch" }, type: "log" } },
    };
    const [line, point] = layers(figure);
    expect(readFigure(figure).spec).toMatchObject({ title: "Loss" });
    expect(line).toMatchObject({ mark: "line", encoding: { order: { field: "i" } } });
    expect(line!.encoding.x).toMatchObject({ title: "epoch", scale: { type: "log" }, type: "quantitative" });
    expect(line!.data.values[0]).toEqual({ i: 0, x: 2, y: 5, trace: "a" });
    expect(point).toMatchObject({ mark: { type: "point" } });
  });

  it("become bars, cells of a heat map and slices", () => {
    expect(layers({ data: [{ type: "bar", x: ["a"], y: [1] }] })[0]!.mark).toMatchObject({ type: "bar" });
    expect(layers({ data: [{ type: "heatmap", z: [[1, 2]] }] })[0]!.data.values).toHaveLength(2);
    expect(layers({ data: [{ type: "pie", labels: ["a"], values: [3] }] })[0]!.data.values).toEqual([
      { label: "a", value: 3 },
    ]);
  });

  it("have bars of several traces beside each other, and numbers on one axis with lines", () => {
    const bar = { type: "bar", x: [1, 2], y: [3, 4] };
    expect(layers({ data: [bar, bar] })).toHaveLength(1);
    expect(layers({ data: [bar, bar] })[0]!.encoding).toHaveProperty("xOffset");
    const [bars, line] = layers({ data: [{ type: "scatter", mode: "lines", y: [1] }, bar] });
    expect([bars!, line!].map((one) => (one.encoding.x as { type: string }).type)).toEqual([
      "quantitative",
      "quantitative",
    ]);
    expect(line!.encoding.y).toMatchObject({ scale: { zero: true } });
  });

  it("say which traces aren't drawn", () => {
    expect(readFigure({ data: [{ type: "surface" }, { type: "bar", y: [1] }] }).missing).toEqual(["surface"]);
    expect(readFigure({ data: [{ type: "sankey" }] })).toEqual({ spec: null, missing: ["sankey"] });
    expect(readFigure("no figure")).toEqual({ spec: null, missing: [] });
  });
});
