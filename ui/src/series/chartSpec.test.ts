import { describe, expect, it } from "vitest";
import { askedAddress, drawable } from "./chartSpec";

const RUNS = [
  { name: "one", colour: "#111111" },
  { name: "two", colour: "#222222" },
];
const SIZE = { width: 400, height: 200 };
const ROWS = [{ name: "one", x: 1 }];

describe("a drawable specification", () => {
  it("has its rows under the name that specifications use, and the size of the panel", () => {
    const made = drawable({ data: { name: "wandb" }, mark: "point", width: "container" }, ROWS, RUNS, SIZE);
    expect(made).toMatchObject({ ...SIZE, data: { name: "wandb" }, datasets: { wandb: ROWS } });
  });

  it("leaves out options that would change how it is drawn", () => {
    const usermeta = { embedOptions: { ast: false, patch: "http://elsewhere/" } };
    expect(drawable({ mark: "bar", usermeta }, ROWS, RUNS, SIZE)).not.toHaveProperty("usermeta");
  });

  it("gives runs their colours where the specification colours by run", () => {
    const encoding = { color: { field: "name", type: "nominal" } };
    const made = drawable({ layer: [{ mark: "bar", encoding }] }, ROWS, RUNS, SIZE);
    const [layer] = made.layer as { encoding: { color: unknown } }[];
    expect(layer!.encoding.color).toMatchObject({ scale: { domain: ["one", "two"], range: ["#111111", "#222222"] } });
    expect(encoding.color).not.toHaveProperty("scale");
  });

  it("colours the lines of several runs, and not those of one", () => {
    const spec = { mark: "line", encoding: { detail: { field: "name" } } };
    expect(drawable(spec, ROWS, RUNS, SIZE).encoding).toHaveProperty("color");
    expect(drawable(spec, ROWS, RUNS.slice(0, 1), SIZE).encoding).not.toHaveProperty("color");
  });

  it("gives every run a heat map of its own, and one run the whole panel", () => {
    const spec = { title: "conf", mark: "rect", encoding: { color: { field: "n", type: "quantitative" } } };
    const made = drawable(spec, ROWS, RUNS, SIZE) as { title: string; concat: { transform: unknown[] }[] };
    expect(made.title).toBe("conf");
    expect(made.concat.map((one) => one.transform[0])).toEqual([
      { filter: { field: "name", equal: "one" } },
      { filter: { field: "name", equal: "two" } },
    ]);
    expect(drawable(spec, ROWS, RUNS.slice(0, 1), SIZE)).toMatchObject({ mark: "rect", ...SIZE });
  });

  it("keeps the size of a chart of several views", () => {
    expect(drawable({ hconcat: [] }, ROWS, RUNS, SIZE)).not.toHaveProperty("width");
  });

  it("fills the data source of a Vega specification, and no other", () => {
    const other = { name: "other", values: [1] };
    const made = drawable({ marks: [], data: [{ name: "wandb", url: "x" }, other] }, ROWS, RUNS, SIZE);
    expect(made.data).toEqual([{ name: "wandb", url: undefined, values: ROWS }, other]);
  });
});

describe("addresses in a specification", () => {
  it("are found wherever data may come from", () => {
    expect(askedAddress({ data: { name: "wandb" } })).toBeNull();
    expect(askedAddress({ layer: [{ data: { url: "https://a/" } }] })).toBe("https://a/");
    expect(askedAddress({ transform: [{ lookup: "a", from: { data: { url: "/api" } } }] })).toBe("/api");
    expect(askedAddress({ datasets: { wandb: [{ data: { url: "a cell" } }] } })).toBeNull();
  });
});
