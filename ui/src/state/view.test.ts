// @vitest-environment jsdom
import { beforeEach, describe, expect, test } from "vitest";
import type { Metric } from "../net/shapes";
import { axisOfMetric, baseAxis } from "./axes";
import { drawnRuns, drawOnly, toggleDrawn } from "./drawn";
import { applyEdit } from "./edits";
import { kindsOf } from "./live";
import { assignSlots, lookOf, SlotBook } from "./slots";
import { bareKey, nextSort, readSort, writeSort } from "./sort";
import { changeView, DEFAULT_VIEW, followAddress, readView, type View, viewStore, writeView } from "./view";

describe("a view in the URL", () => {
  test("takes no room while it is the default one", () => {
    expect(writeView(DEFAULT_VIEW)).toBe("");
    expect(readView("")).toEqual(DEFAULT_VIEW);
  });

  test("comes back as it was, whatever its texts hold", () => {
    const view: View = {
      ...DEFAULT_VIEW,
      q: "vit|한식 & more",
      filter: 'config.lr < 1e-3 and "b,c" in tags',
      view: "v1",
      sort: "-summary.val/acc,name",
      group: ["config.opt", "config.a,b"],
      baseline: "r1",
      pinned: ["r1", "r2"],
      smoothing: "gaussian",
      original: false,
      logX: true,
      aggregate: "median",
      band: "std",
      tip: "all",
      draw: 50,
      shown: ["a", "b,c"],
      hidden: ["100%"],
      x: "runtime",
      smooth: 0.6,
      log: true,
      clip: true,
      zoom: [100.5, 2000],
      zoomed: "epoch",
      panels: "^train/",
      focus: "val/acc",
      closed: ["~", "perf"],
      selected: ["x"],
      columns: ["config.lr", "summary.a,b"],
      fixed: ["state"],
      widths: { "summary.a,b": 120, state: 80 },
      rowPx: 36,
      deleted: true,
    };
    expect(readView(writeView(view))).toEqual(view);
  });

  test("tells no columns from the default choice of columns", () => {
    expect(readView(writeView({ ...DEFAULT_VIEW, columns: [] })).columns).toEqual([]);
    expect(readView("").columns).toBeNull();
  });

  test("survives an address that makes no sense", () => {
    const view = readView("?x=&draw=-3&smooth=7&zoom=9~1&over=epoch&log=yes");
    expect(view).toEqual({ ...DEFAULT_VIEW, smooth: 0.99 });
  });
});

describe("the axis of a chart", () => {
  const loss = { key: "loss", kind: "number", step_metric: "epoch" } as Metric;
  const plain = { key: "plain", kind: "number" } as Metric;

  test("is the step metric that the script named, else the step", () => {
    expect(axisOfMetric("history", loss, DEFAULT_VIEW)).toBe("epoch");
    expect(axisOfMetric("history", plain, DEFAULT_VIEW)).toBe("step");
    expect(axisOfMetric("history", { ...loss, key: "epoch" }, DEFAULT_VIEW)).toBe("step");
  });

  test("is what the reader chose", () => {
    expect(axisOfMetric("history", loss, { x: "step" })).toBe("step");
  });

  test("is a time where there are no steps", () => {
    expect(axisOfMetric("system", loss, DEFAULT_VIEW)).toBe("runtime");
    expect(baseAxis("system", { x: "timestamp" })).toBe("timestamp");
  });
});

describe("changing the view", () => {
  beforeEach(() => {
    window.history.replaceState(null, "", "/local/digits");
    viewStore.setState(DEFAULT_VIEW);
  });

  test("adds a step to the history for a zoom, and none for typing", () => {
    const before = window.history.length;
    changeView({ q: "a" });
    changeView({ q: "ab" });
    expect(window.history.length).toBe(before);
    expect(window.location.search).toBe("?q=ab");
    changeView({ zoom: [1, 2] });
    expect(window.history.length).toBe(before + 1);
    expect(window.location.search).toBe("?q=ab&zoom=1~2");
  });

  test("follows the address when it changes elsewhere", () => {
    window.history.replaceState(null, "", "/local/digits?smooth=0.3");
    followAddress();
    expect(viewStore.getState().smooth).toBe(0.3);
  });
});

describe("colours", () => {
  test("go to drawn runs in order, with a new dash every eight", () => {
    expect(lookOf(0)).toEqual({ hue: 1, dash: 0 });
    expect(lookOf(8)).toEqual({ hue: 9, dash: 1 });
    expect(lookOf(19)).toEqual({ hue: 20, dash: 2 });
    expect(lookOf(20)).toEqual({ hue: 1, dash: 2 });
    const looks = new Set(Array.from({ length: 80 }, (_, slot) => JSON.stringify(lookOf(slot))));
    expect(looks.size).toBeGreaterThan(39);
  });

  test("stay with a run while others come and go", () => {
    const first = assignSlots(["a", "b", "c"], new Map());
    const second = assignSlots(["new", "c", "a"], first);
    expect(second.get("a")).toBe(first.get("a"));
    expect(second.get("c")).toBe(first.get("c"));
    expect(second.get("new")).toBe(first.get("b"));
  });

  test("are the same after a reload", () => {
    const kept = new Map<string, string>();
    const storage = {
      getItem: (name: string) => kept.get(name) ?? null,
      setItem: (n: string, v: string) => void kept.set(n, v),
    };
    const before = new SlotBook("e/p", storage).give(["a", "b"]);
    const after = new SlotBook("e/p", storage).give(["new", "b", "a"]);
    expect(after.get("a")).toEqual(before.get("a"));
    expect(after.get("b")).toEqual(before.get("b"));
    expect(new SlotBook("e/other", storage).give(["b"]).get("b")).toEqual(lookOf(0));
  });
});

describe("drawn runs", () => {
  const listed = ["a", "b", "c", "d"];
  const view = { draw: 2, shown: [], hidden: [] };
  test("are the first few, less those hidden, and those added", () => {
    expect(drawnRuns(listed, view)).toEqual(["a", "b"]);
    expect(drawnRuns(listed, { draw: 2, hidden: ["a"], shown: ["d", "z"] })).toEqual(["b", "d", "z"]);
  });
  test("toggle back to where they were", () => {
    for (const run of listed) {
      const once = { ...view, ...toggleDrawn(run, listed, view) };
      expect(drawnRuns(listed, once).includes(run)).toBe(!drawnRuns(listed, view).includes(run));
      expect({ ...once, ...toggleDrawn(run, listed, once) }).toEqual(view);
    }
  });
  test("may be one alone, and all again", () => {
    const alone = { ...view, ...drawOnly("c", listed, view) };
    expect(drawnRuns(listed, alone)).toEqual(["c"]);
    expect(drawnRuns(listed, { ...alone, ...drawOnly("c", listed, alone) })).toEqual(["a", "b"]);
  });
});

describe("sort keys", () => {
  test("read and write, commas in keys included", () => {
    const keys = [
      { key: "summary.a,b", descending: true },
      { key: "name", descending: false },
    ];
    expect(readSort(writeSort(keys))).toEqual(keys);
  });
  test("turn around on a second click", () => {
    expect(nextSort("-created_at", "summary.loss", "down")).toBe("-summary.loss");
    expect(nextSort("-summary.loss", "summary.loss", "down")).toBe("summary.loss");
    expect(bareKey("config.optim.lr")).toBe("optim.lr");
  });
});

describe("an edit", () => {
  const row = { name: "a", tags: ["x", "y"], notes: "" } as unknown as Parameters<typeof applyEdit>[0];
  test("shows as the server will answer it", () => {
    expect(applyEdit(row, { add_tags: ["z", "x"], remove_tags: ["y"] }).tags).toEqual(["x", "z"]);
    expect(applyEdit(row, { name: "b", notes: "n" })).toMatchObject({ name: "b", notes: "n", tags: ["x", "y"] });
  });
});

describe("a live notice", () => {
  test("makes stale what it is about, and no series for a mere state", () => {
    expect(kindsOf(["history"])).toContain("series");
    expect(kindsOf(["state"])).not.toContain("series");
    expect(kindsOf(["console"])).toContain("console");
  });
});
