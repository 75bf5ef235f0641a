/** The catalogue in use: `en/` holds one file of texts for each page. */
import { en, type Texts } from "./en";

export const t: Texts = en;
