/** What the reader chose for himself: worn here at once, and kept by the server for his other machines. */
import { changeSettings, settingsQuery } from "../net/account";
import type { Settings } from "../net/shapes";
import { keep } from "./kept";
import { chooseLanguage, isLanguageChoice, type LanguageChoice, languageStore } from "./language";
import { queryClient } from "./live";
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
