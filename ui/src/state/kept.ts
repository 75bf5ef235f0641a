/** What the browser remembers for the reader; where storage is forbidden, a choice holds until the page is closed. */

const PREFIX = "runwell.";

export function readKept(name: string): string | null {
  try {
    return localStorage.getItem(PREFIX + name);
  } catch {
    return null;
  }
}

/** Remembers a choice; says whether it will be there after a reload. */
export function keep(name: string, value: string): boolean {
  try {
    localStorage.setItem(PREFIX + name, value);
    return true;
  } catch {
    return false;
  }
}
