import { beforeEach, describe, expect, test } from "vitest";
import { mediaSteps, moveAll, movePanel, moveSection, stepOf } from "./mediaSteps";
import { choiceOf, chooseOverlays, overlayChoices, sawOverlay, seenOverlays } from "./overlays";
import { pointAt } from "./pointer";

const at = (section: string, key?: string) => stepOf(mediaSteps.getState(), section, key);

describe("the step of media panels", () => {
  beforeEach(() => moveAll(null));

  test("is the panel's, then the section's, then the page's: what was moved last holds", () => {
    movePanel("val/a", 10);
    expect([at("val", "val/a"), at("val", "val/b")]).toEqual([10, null]);
    moveSection("val", ["val/a", "val/b"], 20);
    expect([at("val", "val/a"), at("val", "val/b"), at("train", "train/a")]).toEqual([20, 20, null]);
    movePanel("val/a", null);
    expect([at("val", "val/a"), at("val", "val/b")]).toEqual([null, 20]);
  });

  test("follows the page's cursor, and not the pointer that looks at a chart", () => {
    movePanel("val/a", 10);
    pointAt({ axis: "step", x: 33.4, panel: "grid/history/loss" });
    expect(at("val", "val/a")).toBe(10);
    pointAt({ axis: "step", x: 34, panel: null });
    expect([at("val", "val/a"), at("train")]).toEqual([34, 34]);
    pointAt({ axis: "runtime", x: 5, panel: null });
    expect(at("train")).toBe(34);
  });
});

describe("overlays", () => {
  test("a class without a name gets one as soon as it is heard", () => {
    sawOverlay("k", "found", "boxes", { "1": "1" });
    sawOverlay("k", "found", "boxes", { "1": "cat" }, true);
    sawOverlay("k", "found", "boxes", { "1": "1" });
    expect(seenOverlays.getState().k).toEqual({ groups: { found: "boxes" }, classes: { "1": "cat" }, scored: true });
  });

  test("the background of a mask is off at first, and on when it is switched on", () => {
    sawOverlay("m", "seg", "masks", { "0": "background", "1": "cat" });
    expect(choiceOf(overlayChoices.getState(), "m").hiddenClasses).toEqual(["0"]);
    chooseOverlays("m", { hiddenClasses: [] });
    sawOverlay("m", "seg", "masks", { "0": "background", "1": "cat" });
    expect(choiceOf(overlayChoices.getState(), "m").hiddenClasses).toEqual([]);
  });
});
