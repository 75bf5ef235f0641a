/** Light, dark, or as the system says; remembered by the browser, and by the server for other machines. */
import { createStore } from "zustand/vanilla";
import { keep, readKept } from "./kept";

export type Theme = "system" | "light" | "dark";
export type Shade = "light" | "dark";

const NAME = "theme";
const dark = globalThis.matchMedia?.("(prefers-color-scheme: dark)");

function shadeOf(theme: Theme): Shade {
  if (theme !== "system") return theme;
  return dark?.matches ? "dark" : "light";
}

function kept(): Theme {
  const theme = readKept(NAME);
  return theme === "light" || theme === "dark" ? theme : "system";
}

export const themeStore = createStore<{ theme: Theme; shade: Shade }>(() => ({
  theme: kept(),
  shade: shadeOf(kept()),
}));

/** Chooses a theme and shows it at once. */
export function chooseTheme(theme: Theme): void {
  keep(NAME, theme);
  themeStore.setState({ theme, shade: shadeOf(theme) });
}

function show(): void {
  document.documentElement.dataset.theme = themeStore.getState().shade;
}

/** Puts the theme on the document and keeps it there. */
export function wearTheme(): void {
  show();
  themeStore.subscribe(show);
  dark?.addEventListener("change", () => themeStore.setState((now) => ({ shade: shadeOf(now.theme) })));
}
