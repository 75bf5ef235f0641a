import { describe, expect, test } from "vitest";
import { ALL_OVERLAYS, isBoxShown, isTruth, readBoxes, readPictures, toggled } from "./pictures";

const BOX = { position: { minX: 0.1, maxX: 0.5, minY: 0.2, maxY: 0.6 }, class_id: 1, scores: { p: 0.4 } };

describe("logged images", () => {
  test("in a list keep their own captions, boxes and masks", () => {
    const pictures = readPictures({
      _type: "images/separated",
      filenames: ["a.png", "b.png"],
      width: 32,
      height: 24,
      captions: ["first", ""],
      all_boxes: [null, { found: { path: "b.json" } }],
      all_masks: [{ seg: { path: "m.png", class_labels: { "1": "cat" } } }, null],
    });
    expect(pictures.map(({ path, caption }) => [path, caption])).toEqual([
      ["a.png", "first"],
      ["b.png", null],
    ]);
    expect(pictures[0]!.boxes).toEqual([]);
    expect(pictures[1]!.boxes).toEqual([{ group: "found", path: "b.json", names: {} }]);
    expect(pictures[0]!.masks).toEqual([{ group: "seg", path: "m.png", names: { "1": "cat" } }]);
  });

  test("take names of classes from the run where the value has none", () => {
    const value = { _type: "image-file", path: "a.png", masks: { seg: { path: "m.png" } } };
    const [picture] = readPictures(value, { masks: { seg: { "2": "dog" } } });
    expect(picture!.masks[0]!.names).toEqual({ "2": "dog" });
  });
});

describe("boxes", () => {
  test("in parts, in pixels and around a middle lie in the same place", () => {
    const middle = { position: { middle: [0.3, 0.4], width: 0.4, height: 0.4 }, class_id: 1 };
    const pixels = { position: { minX: 20, maxX: 100, minY: 20, maxY: 60 }, domain: "pixel", class_id: 1 };
    const boxes = readBoxes({ box_data: [BOX, middle, pixels] }, 200, 100);
    for (const { left, top, width, height } of boxes) {
      expect([left, top, width, height].map((one) => Number(one.toFixed(6)))).toEqual([0.1, 0.2, 0.4, 0.4]);
    }
    expect(boxes).toHaveLength(3);
  });

  test("without a place are none", () => {
    expect(readBoxes({ box_data: [{}, { position: { minX: 1 } }] }, 10, 10)).toEqual([]);
    expect(readBoxes({}, 10, 10)).toEqual([]);
  });

  test("go with their class and below the least score; those without a score stay", () => {
    const [box] = readBoxes({ box_data: [BOX] }, 10, 10);
    expect(isBoxShown(box!, ALL_OVERLAYS)).toBe(true);
    expect(isBoxShown(box!, { ...ALL_OVERLAYS, hiddenClasses: ["1"] })).toBe(false);
    expect(isBoxShown(box!, { ...ALL_OVERLAYS, leastScore: 0.5 })).toBe(false);
    expect(isBoxShown({ ...box!, scores: {} }, { ...ALL_OVERLAYS, leastScore: 0.5 })).toBe(true);
    expect(toggled(toggled([], "1"), "1")).toEqual([]);
  });

  test("that are true are known by their group's name", () => {
    expect(["ground_truth", "gt", "Truth", "labels"].map(isTruth)).toEqual([true, true, true, true]);
    expect(["predictions", "weights", "right"].map(isTruth)).toEqual([false, false, false]);
  });
});
