/** Light, dark, or as the system says; remembered by the browser, and by the server for other machines. */
import { createStore } from "zustand/vanilla";

export type Theme = "system" | "light" | "dark";
export type Shade = "light" | "dark";

const PLACE = "runwell.theme";
const dark = globalThis.matchMedia?.("(prefers-color-scheme: dark)");

function shadeOf(theme: Theme): Shade {
  if (theme !== "system") return theme;
  return dark?.matches ? "dark" : "light";
}

function kept(): Theme {
  try {
    const theme = localStorage.getItem(PLACE);
    return theme === "light" || theme === "dark" ? theme : "system";
  } catch {
    return "system";
  }
}

export const themeStore = createStore<{ theme: Theme; shade: Shade }>(() => ({
  theme: kept(),
  shade: shadeOf(kept()),
}));

/** Chooses a theme and shows it at once. */
export function chooseTheme(theme: Theme): void {
  try {
    localStorage.setItem(PLACE, theme);
  } catch {
    // Storage forbidden: the choice holds until the page is closed.
  }
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
