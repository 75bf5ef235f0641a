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
  by: "Colour by",
  each: "Each run in its own colour",
  legend: (key: string) => `Colours by ${key}`,
  none: "no value",
  others: (n: number) => `${n} others`,
};
