import { describe, expect, test } from "vitest";
import { readAnsi, stripAnsi } from "./ansi";
import { tokens } from "./filterWords";
import {
  briefCount,
  columnDecimals,
  columnFigure,
  count,
  delta,
  duration,
  figure,
  plain,
  size,
  weight,
} from "./format";
import { cutApart, cutMiddle, partings, sectionOf } from "./names";
import { asNumber, flatten } from "./tagged";
import { axisLabels, durationLabels, logLabels, logSplits } from "./ticks";

describe("figures", () => {
  test.each([
    [0.9312, "0.9312"],
    [0.93, "0.9300"],
    [1914, "1,914"],
    [-0.002, "−0.00200"],
    [0.00007512, "7.512e−5"],
    [3e-4, "3e−4"],
    [12.345, "12.35"],
    [Number.NaN, "NaN"],
    [Number.NEGATIVE_INFINITY, "−Inf"],
    [1234567, "1,234,567"],
    [0, "0"],
  ])("%d reads %s", (value, text) => expect(figure(value)).toBe(text));

  test("counts, sizes and durations carry commas and units", () => {
    expect(count(1204)).toBe("1,204");
    expect(briefCount(7_400_000)).toBe("7.4\u2009M");
    expect(size(74_100_000_000)).toBe("74.1\u2009GB");
    expect(duration(24060)).toBe("6h 41m");
    expect(duration(125)).toBe("2m 05s");
    expect(duration(200_000)).toBe("2d 07h");
  });
  test("differences drop their leading zero and show a sign", () => {
    expect(delta(0.07)).toBe("+.070");
    expect(delta(-0.149)).toBe("−.149");
    expect(delta(-1727)).toBe("−1,727");
    expect(weight(0.6)).toBe(".60");
  });
  test("a column shows the same decimals everywhere", () => {
    const values = [0.9312, 0.5, 0.92];
    const decimals = columnDecimals(values);
    expect(values.map((value) => columnFigure(value, decimals))).toEqual(["0.9312", "0.5000", "0.9200"]);
    expect(columnFigure(3e-4, 4)).toBe("3e−4");
  });
  test("an integer beyond 2^53 keeps every digit, and still draws", () => {
    const big = { _type: "number", value: "9007199254740993", float: 9007199254740992 };
    expect(plain(big)).toBe("9007199254740993");
    expect(asNumber(big)).toBe(9007199254740992);
    expect(asNumber({ _type: "number", value: "NaN" })).toBeNaN();
    expect(asNumber("3")).toBeNull();
  });
});

describe("axis labels", () => {
  test("share their decimals and shorten thousands", () => {
    expect(axisLabels([0, 5000, 10000])).toEqual(["0", "5k", "10k"]);
    expect(axisLabels([0.5, 0.6, 0.7])).toEqual(["0.5", "0.6", "0.7"]);
    expect(axisLabels([-1, 0, 1])).toEqual(["−1", "0", "1"]);
  });
  test("stand at powers of ten only on a log axis", () => {
    expect(logLabels([0.01, 0.02, 0.1, 1, 100, 1e-6])).toEqual(["0.01", "", "0.1", "1", "100", "1e−6"]);
  });
  test("say where a log axis is that holds no two powers of ten", () => {
    const labelled = (from: number, to: number) => logLabels(logSplits(from, to)).filter(Boolean);
    expect(labelled(18.3, 210)).toEqual(["20", "50", "100", "200"]);
    expect(labelled(0.55, 0.95)).toEqual(["0.6", "0.7", "0.8", "0.9"]);
    expect(labelled(1.52, 1.81)).toEqual(["1.6", "1.7", "1.8"]);
    expect(labelled(0.003, 30)).toEqual(["0.01", "0.1", "1", "10"]);
    expect(labelled(1e-12, 1)).toHaveLength(13);
  });
  test("durations use one unit", () => {
    expect(durationLabels([0, 3600, 7200])).toEqual(["0", "1\u2009h", "2\u2009h"]);
  });
});

describe("names", () => {
  test("are cut in the middle and keep six characters of tail", () => {
    expect(cutMiddle("convnext-b-384-mixup-s42", 18)).toBe("convnext-b-…up-s42");
    expect(cutMiddle("한식-vit-l16-증강v3", 30)).toBe("한식-vit-l16-증강v3");
  });
  test("of wide letters are cut to the same room, and keep their end", () => {
    expect(cutMiddle("한국어 음성 인식 모델 제 12차", 20)).toBe("한국어 음성… 제 12차");
    expect(cutMiddle("가나다라마바사아자차", 12)).toBe("가나…아자차");
  });
  test("that part where they would be cut are cut around it, so that no two look alike", () => {
    const names = Array.from({ length: 12 }, (_, i) => `activations/transformer_block_${i}/attention/weight_norm`);
    const at = partings(names);
    for (const room of [16, 26, 40]) {
      const cut = names.map((name) => cutApart(name, room, 12, at.get(name)));
      expect(new Set(cut).size).toBe(names.length);
      for (const one of cut) expect(one.length).toBeLessThanOrEqual(room);
    }
    expect(cutApart("train/loss", 16, 12, partings(["train/loss", "train/lost"]).get("train/loss"))).toBe("train/loss");
  });
  test("have the part before the first slash as their section", () => {
    expect(sectionOf("train/loss")).toBe("train");
    expect(sectionOf("epoch")).toBe("");
    expect(sectionOf("/odd")).toBe("");
  });
});

describe("nested values", () => {
  test("flatten to dotted keys; lists and tagged numbers stay whole", () => {
    const nan = { _type: "number", value: "NaN" };
    expect(flatten({ optim: { lr: 1, betas: [0.9, 0.99] }, loss: nan, empty: {} })).toEqual([
      ["optim.lr", 1],
      ["optim.betas", [0.9, 0.99]],
      ["loss", nan],
      ["empty", {}],
    ]);
  });
});

describe("a log line", () => {
  test("splits at its colours and loses every other control code", () => {
    const pieces = readAnsi("\u001b[1;31mERROR\u001b[0m went \u001b[38;5;2mfine\u001b[2K\u0007!");
    expect(pieces.map((piece) => [piece.text, piece.colour, piece.bold])).toEqual([
      ["ERROR", "red", true],
      [" went ", null, false],
      ["fine", "green", false],
      ["!", "green", false],
    ]);
    expect(stripAnsi("\u001b[31ma\u001b[0mb")).toBe("ab");
  });
});

describe("a filter expression", () => {
  test("splits into keys, operators and values without losing a character", () => {
    const text = 'config.lr < 1e-3 and state = "finished" and "b" in tags or `my key` ~ "^r';
    const split = tokens(text);
    expect(split.map((token) => token.text).join("")).toBe(text);
    expect(split.filter((token) => token.kind === "key").map((token) => token.text)).toEqual([
      "config.lr",
      "state",
      "tags",
      "`my key`",
    ]);
    expect(split.filter((token) => token.kind === "value").map((token) => token.text)).toContain("1e-3");
  });
});
