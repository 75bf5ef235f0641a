/** Keys as they are printed on a keyboard. */

const CAPS: Record<string, string> = {
  " ": "Space",
  Enter: "↵",
  Escape: "Esc",
  Delete: "Del",
  Backspace: "⌫",
  ArrowLeft: "←",
  ArrowRight: "→",
  ArrowUp: "↑",
  ArrowDown: "↓",
};

/** Gives the caps of a key: `mod+shift+z` as ⌘⇧Z or Ctrl ⇧ Z; two keys one after the other as two caps. */
export function capsOf(key: string, isMac: boolean): string[] {
  if (key === " ") return [CAPS[" "]!];
  return key.split(" ").map((one) => {
    const name = one.replace(/^(mod\+)?(shift\+)?/, "");
    const mod = one.startsWith("mod+");
    const shift = one.includes("shift+");
    const cap = CAPS[name] ?? (mod || shift ? name.toUpperCase() : name);
    return isMac ? `${mod ? "⌘" : ""}${shift ? "⇧" : ""}${cap}` : `${mod ? "Ctrl " : ""}${shift ? "⇧" : ""}${cap}`;
  });
}
