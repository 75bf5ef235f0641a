/** The files of a media value with their captions, one or a list of them. */
import type { MediaFile, MediaFiles } from "../../net/media";
import type { Json } from "../../series/tagged";

export interface NamedFile {
  path: string;
  /** Null: it hasn't arrived. */
  file: MediaFile | null;
  caption: string | null;
}

/** Folder that the official client leaves out of a list's names. */
const FOLDERS: Record<string, string> = { object3D: "media/object3D/" };

export function filesOf(value: { [key: string]: Json }, files: MediaFiles): NamedFile[] {
  const type = String(value._type);
  const captions = Array.isArray(value.captions) ? value.captions : [];
  const nested = value[type === "object3D" ? "objects" : type];
  const items: Json[] = Array.isArray(nested) ? nested : Array.isArray(value.filenames) ? value.filenames : [value];
  return items.flatMap((item, i): NamedFile[] => {
    const one = typeof item === "object" && item !== null && !Array.isArray(item) ? item : { path: item };
    if (typeof one.path !== "string" || one.path === "") return [];
    const path = one.path.includes("/") ? one.path : (FOLDERS[type] ?? "") + one.path;
    const caption = one.caption ?? captions[i] ?? (items.length === 1 ? value.caption : null);
    return [{ path, file: files[path] ?? null, caption: typeof caption === "string" && caption ? caption : null }];
  });
}
