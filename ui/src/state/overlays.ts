/** Which boxes and masks of a key are shown, for all its runs; and which groups and classes were seen there. */
import { createStore } from "zustand/vanilla";
import { ALL_OVERLAYS, type OverlayChoice } from "../series/pictures";

export const overlayChoices = createStore<Record<string, OverlayChoice>>(() => ({}));

export const choiceOf = (choices: Record<string, OverlayChoice>, key: string): OverlayChoice =>
  choices[key] ?? ALL_OVERLAYS;

/** Keys whose switches the reader touched; the others' backgrounds went off by themselves. */
export const touchedOverlays = new Set<string>();

export function chooseOverlays(key: string, changes: Partial<OverlayChoice>): void {
  touchedOverlays.add(key);
  overlayChoices.setState((now) => ({ [key]: { ...choiceOf(now, key), ...changes } }));
}

const BACKGROUND = /^(background|bg|void|unlabell?ed|ignore[d]?)$/i;

/** What overlays of a key were seen so far. */
export interface Seen {
  /** By name: boxes or masks. */
  groups: Record<string, "boxes" | "masks">;
  /** Names by class. */
  classes: Record<string, string>;
  scored: boolean;
}

export const NOTHING_SEEN: Seen = { groups: {}, classes: {}, scored: false };

export const seenOverlays = createStore<Record<string, Seen>>(() => ({}));

/** Tells of a group and its classes; a class known by name keeps it. */
export function sawOverlay(
  key: string,
  group: string,
  kind: "boxes" | "masks",
  classes: Record<string, string>,
  scored = false,
): void {
  const before = seenOverlays.getState()[key] ?? NOTHING_SEEN;
  const news = Object.entries(classes).filter(
    ([id, name]) => !before.classes[id] || (before.classes[id] === id && name !== id),
  );
  if (news.length === 0 && before.groups[group] === kind && (before.scored || !scored)) return;
  // A mask's background covers everything around; who wants to see it switches it on.
  const grounds = kind === "masks" ? news.filter(([, name]) => BACKGROUND.test(name)).map(([id]) => id) : [];
  if (grounds.length > 0 && !touchedOverlays.has(key)) {
    const choice = choiceOf(overlayChoices.getState(), key);
    const hiddenClasses = [...new Set([...choice.hiddenClasses, ...grounds])];
    overlayChoices.setState({ [key]: { ...choice, hiddenClasses } });
  }
  seenOverlays.setState({
    [key]: {
      groups: { ...before.groups, [group]: kind },
      classes: { ...before.classes, ...Object.fromEntries(news) },
      scored: before.scored || scored,
    },
  });
}
