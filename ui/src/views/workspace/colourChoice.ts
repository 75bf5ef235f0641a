/** Which run or group gets a colour, and where the choice stands: one for a whole list. */
import { createStore } from "zustand/vanilla";

export interface ColourChoice {
  id: string;
  name: string;
  /** How it is drawn now. */
  hue: number | null;
  anchor: HTMLElement;
}

export const colourChoice = createStore<{ open: ColourChoice | null }>(() => ({ open: null }));

export const chooseColour = (open: ColourChoice | null): void => colourChoice.setState({ open });
