import { describe, expect, test } from "vitest";
import {
  type Available,
  addPanel,
  addSection,
  changePanel,
  colourRun,
  duplicatePanel,
  EMPTY_LAYOUT,
  type Layout,
  movePanel,
  moveSection,
  PINNED,
  pinPanel,
  readLayout,
  removePanel,
  removeSection,
  resetColours,
  resolveLayout,
  restorePanels,
  sortSection,
} from "./layout";
import { sectionOf } from "./names";

const metric = (key: string): Available => ({
  id: `metric:${key}`,
  kind: "line",
  title: key,
  prefix: sectionOf(key),
  options: { keys: [key] },
});
const project = ["val/acc", "val/loss", "layer/10", "layer/2", "epoch"].map(metric);
const shown = (layout: Layout, of = project) =>
  resolveLayout(layout, of).map((section) => [section.name, ...section.panels.map((panel) => panel.title)]);

describe("a layout that nobody touched", () => {
  test("has the metrics of one prefix in a section, those without one first, in the order people count", () => {
    expect(shown(EMPTY_LAYOUT)).toEqual([
      ["", "epoch"],
      ["layer", "layer/2", "layer/10"],
      ["val", "val/acc", "val/loss"],
    ]);
  });
});

describe("the reader", () => {
  const sections = resolveLayout(EMPTY_LAYOUT, project);
  const val = sections[2]!;
  const acc = val.panels[0]!;

  test("moves a panel into another section, before one of its panels", () => {
    const moved = movePanel(EMPTY_LAYOUT, sections, "metric:val/loss", "auto:layer", "metric:layer/10");
    expect(shown(moved)).toEqual([
      ["", "epoch"],
      ["layer", "layer/2", "val/loss", "layer/10"],
      ["val", "val/acc"],
    ]);
  });

  test("pins a panel on top, and unpins it to where it comes from", () => {
    const pinned = pinPanel(EMPTY_LAYOUT, sections, acc, true);
    expect(resolveLayout(pinned, project)[0]).toMatchObject({ id: PINNED, panels: [{ title: "val/acc" }] });
    const back = pinPanel(pinned, resolveLayout(pinned, project), acc, false);
    expect(shown(back)).toEqual(shown(EMPTY_LAYOUT));
  });

  test("removes panels and sections, and brings them back", () => {
    const removed = removeSection(removePanel(EMPTY_LAYOUT, acc), sections[1]!);
    expect(shown(removed)).toEqual([
      ["", "epoch"],
      ["val", "val/loss"],
    ]);
    expect(shown(restorePanels(removed))).toEqual(shown(EMPTY_LAYOUT));
  });

  test("adds, duplicates and deletes panels of their own", () => {
    const added = addPanel(EMPTY_LAYOUT, "p1", { kind: "markdown", title: "Notes", section: "auto:val" });
    expect(shown(added)[2]).toEqual(["val", "val/acc", "val/loss", "Notes"]);
    const twice = duplicatePanel(added, resolveLayout(added, project), acc, "p2");
    expect(shown(twice)[2]).toEqual(["val", "val/acc", "val/acc", "val/loss", "Notes"]);
    const copy = resolveLayout(twice, project)[2]!.panels[1]!;
    expect(copy).toMatchObject({ id: "p2", added: true, options: { keys: ["val/acc"] } });
    expect(removePanel(twice, copy).panels).not.toHaveProperty("p2");
  });

  test("makes sections, and orders them; new ones of the project follow", () => {
    const made = addSection(EMPTY_LAYOUT, sections, "s1", "Mine", "auto:layer");
    expect(shown(made).map(([name]) => name)).toEqual(["", "Mine", "layer", "val"]);
    const moved = moveSection(made, resolveLayout(made, project), "auto:val", -3);
    expect(shown(moved).map(([name]) => name)).toEqual(["val", "", "Mine", "layer"]);
    expect(shown(moved, [...project, metric("aux/x")]).map(([name]) => name)).toEqual([
      "val",
      "",
      "Mine",
      "layer",
      "aux",
    ]);
  });

  test("removes a section of their own: what was moved there goes home, what was added is gone", () => {
    let layout = addSection(EMPTY_LAYOUT, sections, "s1", "Mine", null);
    layout = movePanel(layout, resolveLayout(layout, project), acc.id, "s1", null);
    layout = addPanel(layout, "p1", { kind: "markdown", section: "s1" });
    const mine = resolveLayout(layout, project).find(({ id }) => id === "s1")!;
    expect(mine.panels).toHaveLength(2);
    expect(shown(removeSection(layout, mine))).toEqual(shown(EMPTY_LAYOUT));
  });

  test("sorts a section either way", () => {
    expect(shown(sortSection(EMPTY_LAYOUT, val, true))[2]).toEqual(["val", "val/loss", "val/acc"]);
  });

  test("gives a panel settings of its own and takes them back", () => {
    const set = changePanel(EMPTY_LAYOUT, acc.id, { settings: { log: true, smooth: 0.5 } });
    expect(resolveLayout(set, project)[2]!.panels[0]!.settings).toEqual({ log: true, smooth: 0.5 });
    const back = changePanel(set, acc.id, { settings: { log: undefined, smooth: 0.5 } });
    expect(back.panels[acc.id]!.settings).toEqual({ smooth: 0.5 });
  });
});

test("a layout survives the way over the server, and nonsense becomes an empty one", () => {
  const layout = addPanel(EMPTY_LAYOUT, "p1", { kind: "scatter", options: { x: "config.lr" }, wide: 2 });
  expect(readLayout(JSON.parse(JSON.stringify(layout)))).toEqual(layout);
  for (const bad of [null, 7, "x", [], {}, { version: 2 }, { version: 1, order: [1], sections: 3, panels: { a: 1 } }]) {
    expect(readLayout(bad)).toEqual(EMPTY_LAYOUT);
  }
});

test("colours are given, taken back, kept and read with care", () => {
  const given = colourRun(colourRun(EMPTY_LAYOUT, "a", 7), "b", "#10a0ff");
  expect(readLayout(JSON.parse(JSON.stringify(given)))).toEqual(given);
  expect(colourRun(given, "a", null).colours).toEqual({ b: "#10a0ff" });
  expect(resetColours(given)).toEqual(EMPTY_LAYOUT);
  expect(colourRun(colourRun(EMPTY_LAYOUT, "a", 7), "a", null)).toEqual(EMPTY_LAYOUT);
  expect(readLayout({ ...given, colours: { a: "url(x)", b: 0, c: 2.5, d: null } }).colours).toBeUndefined();
  const many = Array.from({ length: 600 }, (_, i) => `r${i}`).reduce((to, id) => colourRun(to, id, 1), EMPTY_LAYOUT);
  expect(Object.keys(many.colours!)).toHaveLength(500);
  expect(many.colours!.r599).toBe(1);
});

test("sections of media alone stand below those with charts; in a section, charts stand before media", () => {
  const media = (key: string): Available => ({ ...metric(key), id: `media:${key}`, kind: "media" });
  expect(shown(EMPTY_LAYOUT, [media("a/picture"), media("val/a"), metric("val/loss"), metric("train/loss")])).toEqual([
    ["train", "train/loss"],
    ["val", "val/loss", "val/a"],
    ["a", "a/picture"],
  ]);
});
