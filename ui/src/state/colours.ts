/**
 * Colours that the reader gave to runs and groups, kept in the layout. A hue of the palette is its token; a colour of
 * the reader's own gets a token behind those, readable on this theme's panels, so that whatever draws a hue draws it.
 */
import { createStore } from "zustand/vanilla";
import { readableOn } from "../series/colour";
import type { Layout } from "../series/layout";
import { HUES, wearHues } from "./slots";
import { themeStore } from "./theme";
import { workspaceStore } from "./workspace";

/** Tokens for colours of the reader's own; further ones share the last. */
const OWN_HUES = 40;

/** Changes with every choice and theme. */
export const coloursStore = createStore<{ hues: Readonly<Record<string, number>> }>(() => ({ hues: {} }));

let worn: Layout["colours"];

function wear(): void {
  const { colours } = workspaceStore.getState().layout;
  const root = document.documentElement;
  const panel = getComputedStyle(root).getPropertyValue("--panel").trim();
  const own = [...new Set(Object.values(colours ?? {}).filter((one) => typeof one === "string"))].slice(0, OWN_HUES);
  for (let i = 0; i < OWN_HUES; i++) {
    const token = `--run-${HUES + 1 + i}`;
    if (own[i] === undefined) root.style.removeProperty(token);
    else root.style.setProperty(token, readableOn(own[i], panel));
  }
  const hueOf = (colour: number | string) =>
    typeof colour === "number"
      ? Math.min(colour, HUES)
      : HUES + 1 + Math.max(own.indexOf(colour) < 0 ? own.length - 1 : own.indexOf(colour), 0);
  const hues = Object.fromEntries(Object.entries(colours ?? {}).map(([id, colour]) => [id, hueOf(colour)]));
  worn = colours;
  wearHues(hues);
  coloursStore.setState({ hues });
}

workspaceStore.subscribe(({ layout }) => {
  if (layout.colours !== worn) wear();
});
// After the document has the theme's tokens.
themeStore.subscribe(() => worn && queueMicrotask(wear));
