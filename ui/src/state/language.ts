/** The language of the page: the browser's, unless the reader chose one; remembered by browser and server. */
import { createStore } from "zustand/vanilla";
import { keep, readKept } from "./kept";

export type Language = "en" | "ko";
export type LanguageChoice = "system" | Language;

const NAME = "language";
const LANGUAGES: readonly string[] = ["en", "ko"] satisfies Language[];

export function isLanguageChoice(value: unknown): value is LanguageChoice {
  return value === "system" || (typeof value === "string" && LANGUAGES.includes(value));
}

/** Gives the first language of the reader's that there is a catalogue of; English when there is none. */
export function languageOf(choice: LanguageChoice, wanted: readonly string[]): Language {
  if (choice !== "system") return choice;
  const known = wanted.map((tag) => tag.toLowerCase().split("-")[0]!).find((tag) => LANGUAGES.includes(tag));
  return (known as Language | undefined) ?? "en";
}

function kept(): LanguageChoice {
  const choice = readKept(NAME);
  return isLanguageChoice(choice) ? choice : "system";
}

export const languageStore = createStore<{ choice: LanguageChoice }>(() => ({ choice: kept() }));

/** Gives the language to show, and tells it to the document. */
export function wearLanguage(): Language {
  const language = languageOf(languageStore.getState().choice, navigator.languages);
  document.documentElement.lang = language;
  return language;
}

/**
 * Chooses a language. Every text is chosen when the page is loaded, so another language loads it again; where the
 * choice can't be remembered, that would change nothing, and nothing happens.
 */
export function chooseLanguage(choice: LanguageChoice): void {
  languageStore.setState({ choice });
  if (!keep(NAME, choice)) return;
  if (languageOf(choice, navigator.languages) !== document.documentElement.lang) window.location.reload();
}
