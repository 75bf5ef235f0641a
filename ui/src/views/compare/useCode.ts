/** What a run kept of its code: files saved beside it, the newest artifact of code, and what was not committed. */
import { type UseQueryOptions, useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { artifactTextQuery, runArtifactsQuery, versionFilesQuery } from "../../net/artifacts";
import { filesQuery, fileTextQuery, folderFilesQuery, PREVIEW_BYTES } from "../../net/files";
import type { Place } from "../../net/projects";
import type { Run } from "../../net/shapes";
import { CODE_FOLDER, CODE_TYPE, codeFiles, PATCH } from "../../series/diffFiles";

/** A file wherever it lies, and how its text is asked for. */
export interface CodeFile {
  path: string;
  size_bytes: number;
  digest: string;
  text: UseQueryOptions<string | null>;
}

export interface Code {
  files: CodeFile[];
  patch: CodeFile | null;
}

export function useCode(place: Place, run: Run): { code: Code | null; error: Error | null } {
  const saved = useQuery({ ...folderFilesQuery(place, run.id, CODE_FOLDER), enabled: run.file_count > 0 });
  const patch = useQuery({ ...filesQuery(place, run.id, PATCH), enabled: run.file_count > 0 });
  const passed = useQuery(runArtifactsQuery(place, run.id));
  const version = passed.data?.logged.items.filter(({ type }) => type === CODE_TYPE).at(-1);
  const kept = useQuery({
    ...versionFilesQuery(version ?? place, version?.name ?? "", version?.version ?? ""),
    enabled: version !== undefined,
  });
  const settled =
    (run.file_count === 0 || (saved.isSuccess && patch.isSuccess)) && passed.isSuccess && (!version || kept.isSuccess);
  const code = useMemo((): Code | null => {
    if (!settled) return null;
    const beside = (saved.data?.files ?? []).map(
      (file): CodeFile => ({
        ...file,
        text: fileTextQuery(place, run.id, file),
      }),
    );
    const inside = (version ? (kept.data?.rows ?? []) : []).map(
      (file): CodeFile => ({
        ...file,
        text: artifactTextQuery(file, PREVIEW_BYTES),
      }),
    );
    const found = patch.data?.files.find(({ path }) => path === PATCH);
    return {
      files: codeFiles(beside, inside),
      patch: found ? { ...found, text: fileTextQuery(place, run.id, found) } : null,
    };
  }, [settled, saved.data, kept.data, patch.data, version, place, run.id]);
  return { code, error: saved.error ?? patch.error ?? passed.error ?? kept.error };
}
