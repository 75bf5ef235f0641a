/** Which run or group gets a colour, and where the choice stands: one for a whole list. */
import { createStore } from "zustand/vanilla";

export interface ColourChoice {
  /** "": no run's, but the value that all are coloured by. */
  id: string;
  name: string;
  anchor: HTMLElement;
}

export const colourChoice = createStore<{ open: ColourChoice | null }>(() => ({ open: null }));

export const chooseColour = (open: ColourChoice | null): void => colourChoice.setState({ open });
