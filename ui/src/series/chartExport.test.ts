// @vitest-environment jsdom
import { describe, expect, test } from "vitest";
import { asCsv, asSvg, type ExportedChart, roundTicks } from "./chartExport";

const chart: ExportedChart = {
  title: "loss <train>",
  x: "step",
  rangeX: [0, 2],
  rangeY: [0, 4],
  log: false,
  logX: false,
  marks: [
    { x: 1, text: "lr < 0.1" },
    { x: 9, text: "beyond" },
  ],
  lines: [
    {
      run: "a",
      key: "loss",
      name: '=cmd("x"), a',
      x: Float64Array.from([0, 1, 2, 3]),
      y: [1, Number.NaN, 3, 4],
      low: [0.5, Number.NaN, 2, 3],
      high: [1.5, Number.NaN, 4, 5],
      badX: Float64Array.from([1]),
      total: 4,
      nonFinite: { nan: 1, up: 0, down: 0 },
      badKind: [1],
      colour: "#123456",
      dash: [6, 3],
    },
  ],
};

test("the values are those in the shown range, and none of them runs in a spreadsheet", () => {
  expect(asCsv(chart).split("\r\n")).toEqual([
    "run,metric,step,value,low,high",
    `"'=cmd(""x""), a",loss,0,1,0.5,1.5`,
    `"'=cmd(""x""), a",loss,1,NaN,NaN,NaN`,
    `"'=cmd(""x""), a",loss,2,3,2,4`,
    "",
  ]);
});

describe("the picture", () => {
  const ink = { text: "#000", muted: "#555", grid: "#eee", paper: "#fff" };
  const svg = asSvg(chart, { width: 400, height: 300 }, ink, "sans-serif");
  const page = new DOMParser().parseFromString(svg, "image/svg+xml");

  test("is a document with title, axes, line, band and legend", () => {
    expect(page.querySelector("parsererror")).toBeNull();
    const words = [...page.querySelectorAll("text")].map((one) => one.textContent);
    expect(words).toContain("loss <train>");
    expect(words).toContain('=cmd("x"), a');
    expect(words).toContain("step");
    expect(page.querySelectorAll('path[stroke="#123456"]')).toHaveLength(2);
    expect(page.querySelectorAll('path[fill="#123456"]')).toHaveLength(1);
  });

  test("leaves a gap where there is no number", () => {
    const line = page.querySelector('g path[stroke="#123456"]')!.getAttribute("d")!;
    expect(line.match(/M/g)).toHaveLength(2);
  });
});

test("ticks are round", () => {
  expect(roundTicks(0, 1, 5)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(roundTicks(-3, 12, 4)).toEqual([0, 5, 10]);
});

describe("a logarithmic axis", () => {
  const ink = { text: "#000", muted: "#555", grid: "#eee", paper: "#fff" };
  const ticksOf = (rangeY: [number, number]) => {
    const svg = asSvg({ ...chart, log: true, rangeY }, { width: 400, height: 300 }, ink, "sans-serif");
    const page = new DOMParser().parseFromString(svg, "image/svg+xml");
    return [...page.querySelectorAll('text[text-anchor="end"]')].map((one) => one.textContent).filter(Boolean);
  };

  test("within one power of ten has the round ticks of the screen", () => {
    expect(ticksOf([0.23, 0.94])).toEqual(["0.3", "0.4", "0.5", "0.6", "0.7", "0.8", "0.9", "step"]);
    expect(ticksOf([1.2, 7])).toEqual(["2", "5", "step"]);
    expect(ticksOf([0.62, 0.68])).toEqual(["0.62", "0.63", "0.64", "0.65", "0.66", "0.67", "0.68", "step"]);
  });

  test("over several powers names each of them", () => {
    expect(ticksOf([0.01, 30])).toEqual(["0.01", "0.1", "1", "10", "step"]);
  });
});
