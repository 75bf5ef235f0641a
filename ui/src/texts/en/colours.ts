/** Colours that a reader gives to runs. */

export const colours = {
  choose: (name: string) => `Choose the colour of ${name}`,
  of: (name: string) => `Colour of ${name}`,
  palette: "Palette",
  hue: (n: number) => `Colour ${n}`,
  own: "Another colour",
  adjusted: "Shown a little darker or lighter here, so that its line can be seen.",
  reset: "As it was",
  resetAll: "Reset all colours",
};
