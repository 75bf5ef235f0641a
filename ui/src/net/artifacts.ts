/** Artifacts: collections, versions, their files and lineage, and edits of them. */
import { address, getJson, getText, sendJson } from "./http";
import { type Place, placeKey } from "./projects";
import type { ArtifactFile, ArtifactVersion, Collection, Lineage, VersionLink, WholeVersion } from "./shapes";

export interface VersionPage {
  total: number;
  items: ArtifactVersion[];
}

/** Versions listed of a run at most, logged and used each. */
const LISTED = 500;

export const runArtifactsQuery = (place: Place, id: string) => ({
  queryKey: [...placeKey(place), "artifacts", id],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    getJson<{ logged: VersionPage; used: VersionPage }>(
      address(["api", "projects", place.entity, place.project, "runs", id, "artifacts"], { limit: LISTED }),
      signal,
    ),
});

/** Files of a version listed at most. */
const FILES_LISTED = 200;

export const artifactFilesQuery = ({ entity, project, name, version }: ArtifactVersion) => ({
  queryKey: [...placeKey({ entity, project }), "artifact-files", name, version],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    getJson<{ total: number; files: ArtifactFile[] }>(
      address(["api", "projects", entity, project, "artifacts", name, version, "files"], { limit: FILES_LISTED }),
      signal,
    ),
});

type Asked = { signal: AbortSignal };
const under = ({ entity, project }: Place, ...rest: string[]) => [
  "api",
  "projects",
  entity,
  project,
  "artifacts",
  ...rest,
];

/** Rows of one question; the server gives no more. */
const MOST_ROWS = 1000;
/** Rows that a page reads at most, question after question. */
export const READ_AT_MOST = 10_000;

/** Reads a listing question after question. */
async function readAll<Row>(
  ask: (offset: number) => Promise<{ total: number; rows: Row[] }>,
): Promise<{ total: number; rows: Row[] }> {
  const all = await ask(0);
  while (all.rows.length < Math.min(all.total, READ_AT_MOST)) {
    const { rows } = await ask(all.rows.length);
    if (rows.length === 0) break;
    all.rows.push(...rows);
  }
  return all;
}

export const collectionsQuery = (place: Place) => ({
  queryKey: [...placeKey(place), "artifact-collections"],
  queryFn: ({ signal }: Asked) =>
    readAll<Collection>(async (offset) => {
      const page = await getJson<{ total: number; collections: Collection[] }>(
        address(under(place), { offset, limit: MOST_ROWS }),
        signal,
      );
      return { total: page.total, rows: page.collections };
    }),
});

/** A collection with its versions, newest first. */
export interface CollectionVersions extends Collection {
  total: number;
  items: ArtifactVersion[];
  aliases: string[];
  /** Where any of its versions are linked. */
  links: VersionLink[];
}

export const versionsQuery = (place: Place, name: string) => ({
  queryKey: [...placeKey(place), "artifact-versions", name],
  queryFn: async ({ signal }: Asked): Promise<CollectionVersions> => {
    let head: CollectionVersions | undefined;
    const all = await readAll<ArtifactVersion>(async (offset) => {
      const page = await getJson<CollectionVersions>(address(under(place, name), { offset, limit: MOST_ROWS }), signal);
      head ??= page;
      return { total: page.total, rows: page.items };
    });
    return { ...head!, total: all.total, items: all.rows };
  },
});

export const versionQuery = (place: Place, name: string, version: string) => ({
  queryKey: [...placeKey(place), "artifact-version", name, version],
  queryFn: ({ signal }: Asked) => getJson<WholeVersion>(address(under(place, name, version)), signal),
});

/** Files of a version by path, the first ten thousand. */
export const versionFilesQuery = (place: Place, name: string, version: string) => ({
  queryKey: [...placeKey(place), "artifact-version-files", name, version],
  queryFn: ({ signal }: Asked) =>
    readAll<ArtifactFile>(async (offset) => {
      const page = await getJson<{ total: number; files: ArtifactFile[] }>(
        address(under(place, name, version, "files"), { offset, limit: MOST_ROWS }),
        signal,
      );
      return { total: page.total, rows: page.files };
    }),
  // A version's files never change.
  staleTime: Number.POSITIVE_INFINITY,
});

/** Files of one page of a folder, or of a search. */
export const FOLDER_PAGE = 1000;

/** What lies directly in a folder: its folders with what is below them, and its own files, so many pages of them. */
export interface FolderPage {
  folders: { path: string; files: number; size_bytes: number }[];
  files: ArtifactFile[];
  total: number;
}

export const folderQuery = (place: Place, name: string, version: string, folder: string, pages: number) => ({
  queryKey: [...placeKey(place), "artifact-folder", name, version, folder, pages],
  queryFn: async ({ signal }: Asked): Promise<FolderPage> => {
    const all: FolderPage = { folders: [], files: [], total: 0 };
    for (let page = 0; page < pages; page++) {
      const asked = { limit: FOLDER_PAGE, offset: page * FOLDER_PAGE };
      // An empty parameter would be left out: the root is "/".
      const path = address(under(place, name, version, "files"), { ...asked, folder: folder || "/" });
      const found = await getJson<FolderPage>(path, signal);
      all.folders = found.folders;
      all.total = found.total;
      all.files.push(...found.files);
      if (all.files.length >= found.total) break;
    }
    return all;
  },
  placeholderData: (before: FolderPage | undefined) => before,
  staleTime: Number.POSITIVE_INFINITY,
});

/** Files whose path has a text in it, the first page of them; or the one of exactly a path, if it is the first below. */
export const foundFilesQuery = (
  place: Place,
  name: string,
  version: string,
  asked: { find?: string; prefix?: string },
) => ({
  queryKey: [...placeKey(place), "artifact-found", name, version, asked],
  queryFn: ({ signal }: Asked) =>
    getJson<{ total: number; files: ArtifactFile[] }>(
      address(under(place, name, version, "files"), { ...asked, limit: asked.find ? FOLDER_PAGE : 1 }),
      signal,
    ),
  staleTime: Number.POSITIVE_INFINITY,
});

export const lineageQuery = (place: Place, name: string, version: string, complete: boolean) => ({
  queryKey: [...placeKey(place), "artifact-lineage", name, version, complete],
  queryFn: ({ signal }: Asked) =>
    getJson<Lineage>(address(under(place, name, version, "lineage"), { complete: complete ? 1 : undefined }), signal),
});

/** What may be set on a version; `aliases` are exactly these. */
export interface VersionEdit {
  description?: string;
  aliases?: string[];
  add_tags?: string[];
  remove_tags?: string[];
}

export const editVersion = (place: Place, name: string, version: string, change: VersionEdit) =>
  sendJson<WholeVersion>("PATCH", address(under(place, name, version)), change);
export const deleteVersion = (place: Place, name: string, version: string) =>
  sendJson<void>("DELETE", address(under(place, name, version), { delete_aliases: 1 }));
export const deleteCollection = (place: Place, name: string) => sendJson<void>("DELETE", address(under(place, name)));

/** What of a text file is read to be shown, and of a table, which can't be read in part. */
export const TEXT_BYTES = 512 * 1024;
export const TABLE_BYTES = 8 * 1024 * 1024;

/** Text of a version's file, or of its beginning; null for one that is no text. The address names the bytes. */
export const artifactTextQuery = (file: ArtifactFile, most: number) => ({
  queryKey: ["artifact-text", file.url, most],
  queryFn: async ({ signal }: Asked): Promise<string | null> => {
    if (file.size_bytes === 0 || file.url === null) return "";
    const text = await getText(file.url, file.size_bytes > most ? most : null, signal);
    return text.includes("\u0000") ? null : text;
  },
  staleTime: Number.POSITIVE_INFINITY,
  gcTime: 60_000,
});
