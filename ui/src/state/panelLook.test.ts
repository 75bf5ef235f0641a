import { expect, test } from "vitest";
import { lookOfPanel } from "./panelLook";
import { DEFAULT_VIEW } from "./view";

test("the panel's word counts more than its section's, and that more than the workspace's", () => {
  const view = { ...DEFAULT_VIEW, smooth: 0.2, log: true };
  expect(lookOfPanel(view, {}, {})).toMatchObject({ smooth: 0.2, log: true, x: null });
  const look = lookOfPanel(view, { smooth: 0.5, x: "runtime" }, { smooth: 0 });
  expect(look).toMatchObject({ smooth: 0, log: true, x: "runtime" });
});

test("what no page of ours would write takes the workspace's word", () => {
  const odd = { smoothing: "magic", aggregate: "sum", smooth: 7, draw: -1, rangeY: [null, null] as [null, null] };
  expect(lookOfPanel(DEFAULT_VIEW, odd)).toMatchObject({
    smoothing: "weighted",
    aggregate: "mean",
    smooth: 0.99,
    draw: null,
    rangeY: null,
  });
});
