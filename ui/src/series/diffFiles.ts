/** Source files that a run kept: saved beside it below `code/`, or in an artifact of the type `code`. Pure. */
import type { FileOf } from "./versions";

export const CODE_FOLDER = "code/";
export const PATCH = "diff.patch";
export const REQUIREMENTS = "requirements.txt";
/** The type that the official client gives to an artifact of source files. */
export const CODE_TYPE = "code";

/** Joins both kinds by path; what was saved beside the run goes before. */
export function codeFiles<File extends FileOf>(saved: File[], kept: File[]): File[] {
  const beside = saved
    .filter(({ path }) => path.startsWith(CODE_FOLDER))
    .map((file) => ({ ...file, path: file.path.slice(CODE_FOLDER.length) }));
  const known = new Set(beside.map(({ path }) => path));
  return [...beside, ...kept.filter(({ path }) => !known.has(path))];
}
