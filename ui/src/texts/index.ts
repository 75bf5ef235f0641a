/** The catalogue in use. A second language needs one file of the same shape and a choice here. */
import { en, type Texts } from "./en";

export const t: Texts = en;
