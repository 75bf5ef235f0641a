import { expect, it } from "vitest";
import { readLayers } from "./modelGraph";
import type { Json } from "./tagged";

it("a model's layers have names, shapes and how many parameters they hold", () => {
  const nodes: Json[] = [
    {
      id: 1,
      name: "conv",
      class_name: "Conv2d",
      parameters: [
        ["weight", [16, 3]],
        ["bias", [16]],
      ],
      num_parameters: [48, 16],
      output_shape: [8, null],
    },
    { id: 2, output_shape: [[1, 2], [3]] },
  ];
  expect(readLayers({ nodes })).toEqual([
    { name: "conv", type: "Conv2d", outputShape: "8 × ?", parameters: ["weight 16 × 3", "bias 16"], count: 64 },
    { name: "2", type: "", outputShape: "1 × 2, 3", parameters: [], count: 0 },
  ]);
  expect(readLayers([])).toBeNull();
});
