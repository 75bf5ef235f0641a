/** Files of a run: their list, their addresses, and the text of one to look at. */
import { ApiError, address, getJson, getText, sendJson } from "./http";
import { type Place, placeKey } from "./projects";
import type { RunFile } from "./shapes";

export interface FilePage {
  /** All files of the run, whose paths begin as asked. */
  total: number;
  files: RunFile[];
}

/** Lists a run's files by path, the first ten thousand; `prefix` finds one beyond them. */
export const filesQuery = (place: Place, id: string, prefix?: string) => ({
  queryKey: [...placeKey(place), "files", id, prefix ?? null],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    getJson<FilePage>(
      address(["api", "projects", place.entity, place.project, "runs", id, "files"], {
        prefix,
        limit: prefix === undefined ? undefined : 1,
      }),
      signal,
    ),
});

/** Files of one folder of a run that are listed at most. */
const FOLDER_LISTED = 1000;

/** Lists the files of a run below a folder. */
export const folderFilesQuery = (place: Place, id: string, folder: string) => ({
  queryKey: [...placeKey(place), "files", id, "below", folder],
  queryFn: ({ signal }: { signal: AbortSignal }) =>
    getJson<FilePage>(
      address(["api", "projects", place.entity, place.project, "runs", id, "files"], {
        prefix: folder,
        limit: FOLDER_LISTED,
      }),
      signal,
    ),
});

export const fileAddress = (place: Place, id: string, path: string, download: boolean) =>
  address(["files", place.entity, place.project, id, ...path.split("/")], { download: download ? 1 : undefined });

export const deleteFile = (place: Place, id: string, path: string) =>
  sendJson<void>("DELETE", address(["api", "projects", place.entity, place.project, "runs", id, "files"], { path }));

/** What of a file is read to be shown; the rest is for the download. */
export const PREVIEW_BYTES = 512 * 1024;

/** Text of a file, or of its beginning; null for one that is no text. */
export const fileTextQuery = (place: Place, id: string, file: RunFile) => ({
  // The digest makes a file that was written again another question.
  queryKey: [...placeKey(place), "file-text", id, file.path, file.digest],
  queryFn: async ({ signal }: { signal: AbortSignal }): Promise<string | null> => {
    const bytes = file.size_bytes > PREVIEW_BYTES ? PREVIEW_BYTES : null;
    if (file.size_bytes === 0) return "";
    const text = await getText(fileAddress(place, id, file.path, false), bytes, signal);
    return text.includes("\u0000") ? null : text;
  },
  staleTime: Number.POSITIVE_INFINITY,
  retry: (failures: number, error: Error) => failures < 2 && !(error instanceof ApiError && error.status < 500),
});
