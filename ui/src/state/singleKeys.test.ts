import { afterEach, describe, expect, test } from "vitest";
import { holderOf, KEYS, keyOf, meaningOf, nameOfPress, readOwnKeys, wearKeys } from "./singleKeys";

const press = (key: string, more: Partial<KeyboardEvent> = {}) =>
  nameOfPress({ key, code: "", ctrlKey: false, metaKey: false, shiftKey: false, ...more });

afterEach(() => wearKeys({}));

describe("keys", () => {
  test("are named with their modifiers, letters small", () => {
    expect(press("J")).toBe("j");
    expect(press("G", { shiftKey: true })).toBe("shift+g");
    expect(press("z", { metaKey: true, shiftKey: true })).toBe("mod+shift+z");
    expect(press("Escape")).toBe("Escape");
  });

  test("count by their place while a Korean input method is on", () => {
    expect(press("ㅓ", { code: "KeyJ" })).toBe("j");
    expect(press("Process", { code: "KeyK", ctrlKey: true })).toBe("mod+k");
    expect(press("é", { code: "Digit2" })).toBe("é");
  });

  test("are each one action's where they act", () => {
    for (const row of KEYS) expect([row.name, holderOf(row.key, row.name, {})]).toEqual([row.name, null]);
  });

  test("mean what the reader chose, and the old ones nothing", () => {
    wearKeys({ next: "ArrowDown", eye: "h" });
    expect(meaningOf("ArrowDown", "pages")).toBe("j");
    expect(meaningOf("h", "pages")).toBe(" ");
    expect(meaningOf("j", "pages")).toBeNull();
    expect(meaningOf("k", "pages")).toBe("k");
    expect(meaningOf("F9", "pages")).toBe("F9");
    expect(keyOf("next")).toBe("ArrowDown");
  });

  test("may change places", () => {
    wearKeys({ next: "k", previous: "j" });
    expect(meaningOf("k", "pages")).toBe("j");
    expect(meaningOf("j", "pages")).toBe("k");
  });

  test("of the log leave the same keys of other pages alone", () => {
    wearKeys({ nextHit: "u" });
    expect(meaningOf("n", "pages")).toBe("n");
    expect(meaningOf("n", "logs")).toBeNull();
    expect(meaningOf("u", "logs")).toBe("n");
  });

  test("say whose they are already", () => {
    expect(holderOf("k", "next", {})).toBe("previous");
    expect(holderOf("n", "nextHit", {})).toBeNull();
    expect(holderOf("?", "nextHit", {})).toBe("help");
    expect(holderOf("g", "next", {})).toBe("goOverview");
    expect(holderOf("j", "previous", { next: "u" })).toBeNull();
  });

  test("that were kept and mean nothing are forgotten", () => {
    expect(readOwnKeys({ next: "u", nothing: "x", leave: "q", eye: 3, tag: "" })).toEqual({ next: "u" });
    expect(readOwnKeys("next")).toEqual({});
  });
});
