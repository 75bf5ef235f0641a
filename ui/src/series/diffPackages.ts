/** What `pip freeze` said, as names and versions. Pure. */

/** `name==1.2`, `name @ address`, `-e address#egg=name`; extras and markers are no part of the name. */
const PINNED = /^([A-Za-z0-9][\w.-]*)(?:\[[^\]]*\])?\s*(?:(?:===?|~=|>=|<=|!=|<|>)\s*([^;\s]+)|@\s*(\S+))?/;
const EDITABLE = /^(?:-e|--editable)\s+(\S*?)(?:[#&]egg=([\w.-]+).*)?$/;

/** One name for one package: case, dots, underscores and hyphens are the same to pip. */
const nameOf = (name: string) => name.toLowerCase().replace(/[-_.]+/g, "-");

/** Reads requirements: package → version, or the address that it came from. */
export function readPackages(text: string): { [name: string]: string } {
  const out: { [name: string]: string } = {};
  for (const raw of text.split(/\r?\n/)) {
    const line = raw.trim();
    if (line === "" || line.startsWith("#")) continue;
    const editable = EDITABLE.exec(line);
    if (editable) {
      const [, address = "", egg] = editable;
      out[nameOf(egg ?? address.split("/").at(-1) ?? address)] = address;
      continue;
    }
    const found = PINNED.exec(line);
    if (found) out[nameOf(found[1]!)] = found[2] ?? found[3] ?? "";
  }
  return out;
}
