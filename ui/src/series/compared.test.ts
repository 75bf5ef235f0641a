import { expect, it } from "vitest";
import { comparedKeys, differencesOf } from "./compared";

const run = (config: Record<string, never> | object, summary = {}) => ({ config: config as never, summary, meta: {} });

it("holds runs against the first, key by key", () => {
  const runs = [
    run({ optim: { lr: 0.1, name: "sgd" }, seed: 1, _wandb: { t: 1 } }),
    run({ optim: { lr: 0.2, name: "sgd" }, seed: 1 }),
    run({ optim: { lr: 0.1, name: "sgd" }, mixup: 0.2 }),
  ];
  const keys = comparedKeys(runs, "config");
  expect(keys.map(({ key, differs }) => [key, differs])).toEqual([
    ["mixup", true],
    ["optim.lr", true],
    ["optim.name", false],
    ["seed", true],
  ]);
  expect(keys[1]).toEqual({ key: "optim.lr", values: [0.1, 0.2, 0.1], equal: [true, false, true], differs: true });
  expect(differencesOf(keys, 2)).toEqual([
    { key: "mixup", value: 0.2, baseline: null },
    { key: "seed", value: null, baseline: 1 },
  ]);
  expect(differencesOf(keys, 0)).toEqual([]);
});
