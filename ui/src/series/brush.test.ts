import { expect, test } from "vitest";
import { withBrush } from "./brush";

test("a brush adds conditions, replaces its own, and goes without a trace", () => {
  const first = withBrush('state = "finished"', "config.lr", [0.001, 0.01])!;
  expect(first).toBe('state = "finished" and config.lr >= 0.001 and config.lr <= 0.01');
  const second = withBrush(first, "config.lr", [0.002, 0.0051234567])!;
  expect(second).toBe('state = "finished" and config.lr >= 0.002 and config.lr <= 0.00512346');
  expect(withBrush(second, "config.lr", null)).toBe('state = "finished"');
});

test("texts are listed, and odd keys quoted", () => {
  expect(withBrush("", "config.my key", ['a"b', "c"])).toBe('config.`my key` in ["a\\"b", "c"]');
});

test("what can't be read is left alone", () => {
  expect(withBrush("state = ", "config.lr", [1, 2])).toBeNull();
});
