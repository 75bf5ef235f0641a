import { describe, expect, it } from "vitest";
import { boxEdges, readCloud, type Vector } from "./points";

describe("point clouds", () => {
  it("have places, and classes or colours when they were logged", () => {
    expect([...readCloud([[1, 2, 3]])!.positions]).toEqual([1, 2, 3]);
    expect([...readCloud([[1, 2, 3, 7]])!.classes!]).toEqual([7]);
    expect([...readCloud([[1, 2, 3, 255, 0, 51]])!.colours!].map((one) => one.toFixed(1))).toEqual([
      "1.0",
      "0.0",
      "0.2",
    ]);
  });

  it("leave out points that have no place, and say how many there were", () => {
    const cloud = readCloud([
      [0, 0, 0],
      [{ _type: "number", value: "NaN" }, 0, 0],
      [1, 1, 1],
    ])!;
    expect([...cloud.positions]).toEqual([0, 0, 0, 1, 1, 1]);
    expect(cloud.total).toBe(3);
  });

  it("are none without points", () => {
    expect(readCloud({ type: "lidar/beta" })).toBeNull();
    expect(readCloud("text")).toBeNull();
  });

  it("have boxes and arrows in a scene", () => {
    const corners = [0, 1, 2, 3, 4, 5, 6, 7].map((n) => [n & 1, (n >> 1) & 1, (n >> 2) * 2]);
    const scene = readCloud({
      points: [],
      boxes: [{ corners, label: "car", color: [255, 0, 0], score: 0.5 }, { corners: [] }],
      vectors: [{ start: [0, 0, 0], end: [1, 0, 0] }, { start: [0] }],
    })!;
    expect(scene.boxes).toHaveLength(1);
    expect(scene.boxes[0]).toMatchObject({ label: "car 0.50", colour: [1, 0, 0], top: [0.5, 0.5, 2] });
    expect(scene.vectors).toHaveLength(1);
  });
});

describe("edges of a box", () => {
  it.each([[[0, 1, 2, 3, 4, 5, 6, 7]], [[7, 2, 4, 1, 0, 6, 3, 5]]])(
    "are twelve sides and no diagonal, in whatever order %j the corners stand",
    (order) => {
      const corners = order.map((n): Vector => [(n & 1) * 1, ((n >> 1) & 1) * 2, (n >> 2) * 3]);
      const edges = boxEdges(corners);
      const lengths = Array.from({ length: 12 }, (_, i) =>
        Math.hypot(...edges[2 * i]!.map((one, k) => one - edges[2 * i + 1]![k]!)),
      );
      expect(lengths.sort()).toEqual([1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3]);
    },
  );
});
