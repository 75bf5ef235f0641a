import { expect, it } from "vitest";
import { firstDifference, logChanges } from "./diffLogs";

const OLD = ["2026-11-23 08:27:50,123 start", "\u001b[32mepoch 1\u001b[0m took 3.2s", "loss 0.5"];
const NEW = ["2026-11-24 09:00:00,001 start", "epoch 1 took 4.5s", "loss 0.4"];

it("takes lines for one that only the clock tells apart", () => {
  const kinds = (times: boolean) => logChanges(OLD, NEW, times).map(({ kind }) => kind);
  expect(kinds(false)).toEqual(["same", "same", "removed", "added"]);
  expect(kinds(true)).toEqual(["removed", "added", "removed", "added", "removed", "added"]);
  expect(logChanges(OLD, NEW, false)[0]!.text).toBe(NEW[0]);
});

it("tells a number that was measured from one that was timed", () => {
  expect(logChanges(["loss 0.5 s"], ["loss 0.6 s"], false)).toHaveLength(1);
  expect(logChanges(["step 5"], ["step 6"], false)).toHaveLength(2);
  expect(logChanges(["ratio 3:1"], ["ratio 3:2"], false)).toHaveLength(2);
});

it("puts lines below one another that differ in their figures", () => {
  const lines = logChanges(
    ["step 1 loss 0.9", "saved", "step 2 loss nan"],
    ["step 1 loss 8e-1", "step 2 loss .7"],
    true,
  );
  expect(lines.map(({ kind, n, text }) => `${kind} ${n} ${text}`)).toEqual([
    "removed 1 step 1 loss 0.9",
    "added 1 step 1 loss 8e-1",
    "removed 2 saved",
    "removed 3 step 2 loss nan",
    "added 2 step 2 loss .7",
  ]);
});

it("names the first line that differs", () => {
  expect(firstDifference(logChanges(OLD, NEW, false))).toBe(3);
  expect(firstDifference(logChanges(OLD, OLD, true))).toBeNull();
});
