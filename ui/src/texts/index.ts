/**
 * The catalogue in use: `en/` and `ko/` hold one file of texts for each page, in the same shape. It is there before any
 * module that reads it, so that `t` may be used anywhere; the other language's is never fetched.
 */
import { wearLanguage } from "../state/language";
import type { Texts } from "./en";

const CATALOGUES = {
  en: async () => (await import("./en")).en,
  ko: async (): Promise<Texts> => (await import("./ko")).ko,
};

export const t: Texts = await CATALOGUES[wearLanguage()]();
