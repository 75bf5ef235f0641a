/**
 * The keys of the page: what there are, which the reader changed, and whether single keys act (WCAG 2.1.4).
 *
 * A view binds the key that an action has by default (`useKeys({ j: next })`); what the reader presses is translated
 * here, so that no view knows of changed keys. A new key gets a row in `KEYS` and a name in `t.keys.names`.
 */
import { createStore } from "zustand/vanilla";
import { keep, readKept } from "./kept";

export type KeyGroup = "everywhere" | "runs" | "charts" | "logs";

interface KeyRow {
  name: string;
  group: KeyGroup;
  /** `KeyboardEvent.key`, with "mod+" and "shift+" in front; two keys one after the other have a space between. */
  key: string;
  /** A key that everybody expects to mean this, on every page: it can't be changed. */
  fixed?: true;
}

export const KEYS = [
  { name: "palette", group: "everywhere", key: "mod+k" },
  { name: "help", group: "everywhere", key: "?" },
  { name: "filter", group: "everywhere", key: "/" },
  { name: "goOverview", group: "everywhere", key: "g o" },
  { name: "goWorkspace", group: "everywhere", key: "g w" },
  { name: "goRuns", group: "everywhere", key: "g r" },
  { name: "goArtifacts", group: "everywhere", key: "g a" },
  { name: "goHome", group: "everywhere", key: "g h" },
  { name: "leave", group: "everywhere", key: "Escape", fixed: true },
  { name: "next", group: "runs", key: "j" },
  { name: "previous", group: "runs", key: "k" },
  { name: "open", group: "runs", key: "Enter", fixed: true },
  { name: "eye", group: "runs", key: " " },
  { name: "select", group: "runs", key: "x" },
  { name: "baseline", group: "runs", key: "b" },
  { name: "pin", group: "runs", key: "p" },
  { name: "colour", group: "runs", key: "o" },
  { name: "compare", group: "runs", key: "c" },
  { name: "rename", group: "runs", key: "e" },
  { name: "tag", group: "runs", key: "t" },
  { name: "notes", group: "runs", key: "n" },
  { name: "move", group: "runs", key: "m" },
  { name: "archive", group: "runs", key: "Delete", fixed: true },
  { name: "sidebar", group: "charts", key: "\\" },
  { name: "filterPanels", group: "charts", key: ";" },
  { name: "zoomIn", group: "charts", key: "w" },
  { name: "zoomOut", group: "charts", key: "s" },
  { name: "panLeft", group: "charts", key: "a" },
  { name: "panRight", group: "charts", key: "d" },
  { name: "fit", group: "charts", key: "f" },
  { name: "log", group: "charts", key: "l" },
  { name: "smoothLess", group: "charts", key: "[" },
  { name: "smoothMore", group: "charts", key: "]" },
  { name: "cursorBack", group: "charts", key: "," },
  { name: "cursorForward", group: "charts", key: "." },
  { name: "cursorBackFar", group: "charts", key: "<" },
  { name: "cursorForwardFar", group: "charts", key: ">" },
  { name: "views", group: "charts", key: "v" },
  { name: "undo", group: "charts", key: "mod+z" },
  { name: "redo", group: "charts", key: "mod+shift+z" },
  { name: "nextHit", group: "logs", key: "n" },
  { name: "previousHit", group: "logs", key: "shift+n" },
  { name: "end", group: "logs", key: "shift+g" },
] as const satisfies readonly KeyRow[];

export type KeyName = (typeof KEYS)[number]["name"];
export type OwnKeys = Partial<Record<KeyName, string>>;

/** Where keys are pressed: in a log, or anywhere else. The log's keys mean other things elsewhere. */
export type KeyScope = "pages" | "logs";

const scopesOf = (group: KeyGroup): KeyScope[] =>
  group === "everywhere" ? ["pages", "logs"] : group === "logs" ? ["logs"] : ["pages"];

export const isFixed = (name: KeyName): boolean => {
  const row: KeyRow | undefined = KEYS.find((one) => one.name === name);
  return row?.fixed === true;
};

/** Takes of what was kept what still means something. */
export function readOwnKeys(kept: unknown): OwnKeys {
  if (typeof kept !== "object" || kept === null) return {};
  const known = Object.entries(kept).filter(
    ([name, key]) =>
      typeof key === "string" && key && KEYS.some((row) => row.name === name) && !isFixed(name as KeyName),
  );
  return Object.fromEntries(known);
}

function kept(): OwnKeys {
  try {
    return readOwnKeys(JSON.parse(readKept("keys") ?? "{}"));
  } catch {
    return {};
  }
}

export const singleKeysStore = createStore<{ on: boolean; own: OwnKeys }>(() => ({
  on: readKept("single-keys") !== "off",
  own: kept(),
}));

export function switchSingleKeys(on: boolean): void {
  singleKeysStore.setState({ on });
  keep("single-keys", on ? "on" : "off");
}

export function wearKeys(own: OwnKeys): void {
  singleKeysStore.setState({ own });
  keep("keys", JSON.stringify(own));
}

/** Gives the key of an action: the reader's own, or the default. */
export const keyOf = (name: KeyName, own: OwnKeys = singleKeysStore.getState().own): string =>
  own[name] ?? KEYS.find((row) => row.name === name)!.key;

/** Finds which action has a key already, of those that act where this one does; null: the key is free. */
export function holderOf(key: string, name: KeyName, own: OwnKeys): KeyName | null {
  const mine = scopesOf(KEYS.find((row) => row.name === name)!.group);
  const clash = (one: string) => one === key || one.startsWith(`${key} `) || key.startsWith(`${one} `);
  const other = KEYS.find(
    (row) =>
      row.name !== name && scopesOf(row.group).some((scope) => mine.includes(scope)) && clash(keyOf(row.name, own)),
  );
  return other?.name ?? null;
}

interface Meanings {
  /** Pressed key to the key that views bind. */
  bound: Map<string, string>;
  /** Defaults that mean nothing any more. */
  free: Set<string>;
}

function meaningsOf(scope: KeyScope, own: OwnKeys): Meanings {
  const rows = KEYS.filter((row) => scopesOf(row.group).includes(scope));
  const bound = new Map(rows.map((row) => [keyOf(row.name, own), row.key as string]));
  return { bound, free: new Set(rows.map((row) => row.key as string).filter((key) => !bound.has(key))) };
}

let read: { own: OwnKeys; pages: Meanings; logs: Meanings } | null = null;

function meanings(scope: KeyScope): Meanings {
  const { own } = singleKeysStore.getState();
  if (read?.own !== own) read = { own, pages: meaningsOf("pages", own), logs: meaningsOf("logs", own) };
  return read[scope];
}

/** Gives the key that views bind for what was pressed; null: it means nothing any more. */
export function meaningOf(pressed: string, scope: KeyScope): string | null {
  const { bound, free } = meanings(scope);
  return bound.get(pressed) ?? (free.has(pressed) ? null : pressed);
}

/** Says whether two keys one after the other are an action's. */
export const isSequence = (pressed: string): boolean => meanings("pages").bound.has(pressed);

/** Names a pressed key so that it is found again: a sign carries its shift in itself, a letter doesn't. */
export const chosenKey = (pressed: string): string => pressed.replace(/shift\+(?=[^a-z]$)/, "");

type Pressed = Pick<KeyboardEvent, "key" | "code" | "ctrlKey" | "metaKey" | "shiftKey">;

/**
 * Names what was pressed, as views bind it. Letters count by their place where the keyboard writes another script:
 * with a Korean input method on, the key j gives ㅓ, or "Process".
 */
export function nameOfPress({ key, code, ctrlKey, metaKey, shiftKey }: Pressed): string {
  const letter = /^Key([A-Z])$/.exec(code ?? "")?.[1];
  const foreign = key === "Process" || (key.length === 1 && key > "\u007f");
  const name = letter && foreign ? letter.toLowerCase() : key.length === 1 ? key.toLowerCase() : key;
  return `${ctrlKey || metaKey ? "mod+" : ""}${shiftKey ? "shift+" : ""}${name}`;
}
