/** What the reader chose for himself: worn here at once, and kept by the server for his other machines. */
import { changeSettings, settingsQuery } from "../net/account";
import type { Settings } from "../net/shapes";
import { chooseDensity, type Density, isDensity } from "./density";
import { keep } from "./kept";
import { chooseLanguage, isLanguageChoice, type LanguageChoice, languageStore } from "./language";
import { queryClient } from "./live";
import { type OwnKeys, readOwnKeys, switchSingleKeys, wearKeys } from "./singleKeys";
import { chooseTheme, type Theme } from "./theme";

/** What the first chart needs goes first. */
const ADOPT_AFTER_MS = 2000;

/** Tells the server a choice that is seen already; one that can't keep it is no reason for a message. */
async function tell(changes: Settings): Promise<void> {
  await changeSettings(changes)
    .then((settings) => queryClient.setQueryData(settingsQuery.queryKey, settings))
    .catch(() => undefined);
}

export function chooseThemeEverywhere(theme: Theme): void {
  chooseTheme(theme);
  void tell({ theme });
}

/** Tells a part of what only the page knows of; the rest of it stays as the server has it. */
async function tellUi(part: Settings["ui"]): Promise<void> {
  const kept = await queryClient.ensureQueryData(settingsQuery).catch(() => undefined);
  if (kept) await tell({ ui: { ...kept.ui, ...part } });
}

export function chooseDensityEverywhere(density: Density): void {
  chooseDensity(density);
  void tellUi({ density });
}

export function switchSingleKeysEverywhere(on: boolean): void {
  switchSingleKeys(on);
  void tellUi({ single_keys: on });
}

export function wearKeysEverywhere(own: OwnKeys): void {
  wearKeys(own);
  void tellUi({ keys: own });
}

/** Chooses a language; told first, since it loads the page again. */
export async function chooseLanguageEverywhere(language: LanguageChoice): Promise<void> {
  await tell({ language });
  chooseLanguage(language);
}

/** Wears what the reader chose on another machine; a language with the next load of the page. */
function wear(settings: Settings): void {
  if (settings.theme) chooseTheme(settings.theme);
  if (isLanguageChoice(settings.language)) {
    languageStore.setState({ choice: settings.language });
    keep("language", settings.language);
  }
  const { density, single_keys, keys } = settings.ui ?? {};
  if (isDensity(density)) chooseDensity(density);
  if (typeof single_keys === "boolean") switchSingleKeys(single_keys);
  if (keys) wearKeys(readOwnKeys(keys));
}

/** Asks the server what the reader chose, and wears it. */
export async function adoptChoices(): Promise<void> {
  await queryClient.fetchQuery(settingsQuery).then(wear, () => undefined);
}

/** Does so when the page has had time for what it shows; gives back how to call it off. */
export function adoptChoicesSoon(): () => void {
  const timer = setTimeout(() => void adoptChoices(), ADOPT_AFTER_MS);
  return () => clearTimeout(timer);
}
