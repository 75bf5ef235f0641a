import { expect, it } from "vitest";
import { comparedKeys, differencesOf, directionOf, isBetter, roomsOf } from "./compared";

const run = (config: Record<string, never> | object, summary = {}) =>
  roomsOf({ config: config as never, summary, meta: {} });

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

it("keeps code apart from the rest of a run's environment", () => {
  const meta = { host: "gpu-1", git: { commit: "4f1c9e2", dirty: true } };
  const rooms = [
    roomsOf({ config: {}, summary: {}, meta }, { torch: "2.8" }),
    roomsOf({ config: {}, summary: {}, meta: {} }),
  ];
  const keys = (room: "code" | "meta" | "packages") =>
    comparedKeys(rooms, room).map(({ key, values }) => [key, ...values]);
  expect(keys("code")).toEqual([
    ["commit", "4f1c9e2", null],
    ["dirty", true, null],
  ]);
  expect(keys("meta")).toEqual([["host", "gpu-1", null]]);
  expect(keys("packages")).toEqual([["torch", "2.8", null]]);
});

it("knows which way is better, if anybody said so", () => {
  const goals = new Map([
    ["val/acc", "maximize"],
    ["loss", "minimize"],
  ]);
  expect(["val/acc", "val/acc.max", "loss.min", "lr"].map((key) => directionOf(key, goals))).toEqual([1, 1, -1, 0]);
  expect([isBetter(0.1, 1), isBetter(0.1, -1), isBetter(-0.1, -1), isBetter(0, 1), isBetter(2, 0)]).toEqual([
    true,
    false,
    true,
    undefined,
    undefined,
  ]);
});
