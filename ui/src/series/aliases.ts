/** Aliases, and names as people type several in one line. Pure. */

/** Takes "production, staging" apart; a name that stands twice counts once. */
export function typedNames(text: string): string[] {
  const names = text.split(",").map((name) => name.trim().normalize("NFC"));
  return [...new Set(names.filter((name) => name !== ""))];
}

/** Says whether a name can be an alias: neither a version's number nor part of a path. */
export function canBeAlias(name: string): boolean {
  return !/^v\d+$/.test(name) && !/[/:]/.test(name);
}
