import { describe, expect, it } from "vitest";
import { layersOf, layOutLayers } from "./layers";
import { drawnGraph, findClusters, findNodes, type GraphNode, neighbours, nextNode, originOf } from "./lineage";

const run = (id: string, group = "train"): GraphNode => ({ id, kind: "run", group, name: id });
const version = (id: string, group = "model"): GraphNode => ({ id, kind: "artifact", group, name: `${id}:v0` });
const edge = (text: string) => {
  const [from = "", to = ""] = text.split(">");
  return { from, to };
};

/** data → seven trainings → a model each; the third model is evaluated. */
const sweep = () => {
  const at = [0, 1, 2, 3, 4, 5, 6];
  const nodes = [version("data", "dataset"), ...at.map((n) => run(`run${n}`)), ...at.map((n) => version(`model${n}`))];
  const edges = at.flatMap((n) => [edge(`data>run${n}`), edge(`run${n}>model${n}`)]);
  return { nodes: [...nodes, run("eval", "evaluate")], edges: [...edges, edge("model2>eval")] };
};

describe("clusters", () => {
  it("fold trainings on the same data, and the models that go nowhere", () => {
    const { nodes, edges } = sweep();
    const clusters = findClusters(nodes, edges, new Set(["data"]));
    expect(clusters.map((one) => [one.kind, one.members])).toEqual([
      ["run", ["run0", "run1", "run2", "run3", "run4", "run5", "run6"]],
      ["artifact", ["model0", "model1", "model3", "model4", "model5", "model6"]],
    ]);
  });

  it("leave out the node that the page is about, and fewer than five", () => {
    const { nodes, edges } = sweep();
    const alone = findClusters(nodes, edges, new Set(["run0"]));
    expect(alone.flatMap((one) => one.members)).not.toContain("run0");
    expect(findClusters(nodes.slice(0, 5), edges, new Set())).toEqual([]);
  });

  it("are one end of an edge each, and count what can be seen", () => {
    const { nodes, edges } = sweep();
    const clusters = findClusters(nodes, edges, new Set(["data"]));
    const folded = drawnGraph(nodes, edges, clusters, () => null);
    expect(folded.nodes).toEqual(["data", "model2", "eval"]);
    expect(folded.seen).toBe(3);
    const [runs, models] = clusters.map((one) => one.id);
    expect(folded.edges).toEqual([
      edge(`data>${runs}`),
      edge(`${runs}>${models}`),
      edge(`${runs}>model2`),
      edge("model2>eval"),
    ]);
    expect(drawnGraph(nodes, edges, clusters, (one) => one.members.slice(0, 2)).seen).toBe(7);
  });
});

describe("a graph", () => {
  it("tells what a version came from, and nothing of what came of it", () => {
    const { nodes, edges } = sweep();
    expect([...originOf("model2", neighbours(nodes, edges).before)].sort()).toEqual(["data", "model2", "run2"]);
  });

  it("is searched by names and groups", () => {
    expect([...findNodes(sweep().nodes, "EVAL")]).toEqual(["eval"]);
    expect(findNodes(sweep().nodes, "dataset").size).toBe(1);
    expect(findNodes(sweep().nodes, " ").size).toBe(0);
  });

  it("is walked along edges, and up and down to what lies nearest", () => {
    const nodes = ["a", "b", "c", "d"].map((id) => run(id));
    const around = neighbours(nodes, [edge("a>b"), edge("a>c")]);
    const size = { width: 10, height: 10 };
    const boxes = new Map([
      ["a", { x: 0, y: 90, ...size }],
      ["b", { x: 50, y: 0, ...size }],
      ["c", { x: 50, y: 100, ...size }],
      ["d", { x: 0, y: 40, ...size }],
    ]);
    expect(nextNode("a", "right", boxes, around)).toBe("c");
    expect(nextNode("c", "up", boxes, around)).toBe("b");
    expect(nextNode("b", "left", boxes, around)).toBe("a");
    expect(nextNode("a", "left", boxes, around)).toBeNull();
    expect(nextNode("a", "up", boxes, around)).toBe("d");
  });
});

describe("layers", () => {
  it("put every node behind all that it hangs on", () => {
    const edges = ["a>b", "b>c", "a>c", "c>d"].map(edge);
    expect(Object.fromEntries(layersOf(["d", "c", "b", "a"], edges))).toEqual({ a: 0, b: 1, c: 2, d: 3 });
  });

  it("never lay one box on another, and end when edges go in a circle", () => {
    const { nodes, edges } = sweep();
    const sized = nodes.map(({ id }) => ({ id, width: 20, height: 10 }));
    const boxes = [...layOutLayers(sized, [...edges, edge("eval>data")]).values()];
    expect(boxes).toHaveLength(nodes.length);
    for (const [i, one] of boxes.entries()) {
      for (const other of boxes.slice(i + 1)) {
        expect(Math.abs(one.x - other.x) >= 20 || Math.abs(one.y - other.y) >= 10).toBe(true);
      }
    }
  });
});
