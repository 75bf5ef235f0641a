/** Storage: where the bytes are, and clean-up. */
import { address, getJson, sendJson } from "./http";
import type { Place } from "./projects";

type Asked = { signal: AbortSignal };

export type StorageKind = "artifacts" | "files" | "media" | "metrics" | "console" | "uploads";

/** What something weighs by itself, and what its end would free: the same bytes are stored once. */
export interface StorageLine {
  count: number;
  referenced_bytes: number;
  freed_bytes: number;
}

export interface ProjectStorage extends Place {
  deleted: boolean;
  runs: number;
  deleted_runs: number;
  referenced_bytes: number;
  freed_bytes: number;
  /** Of deleted runs, or of a deleted project. */
  bin_bytes: number;
  kinds: Record<StorageKind, StorageLine>;
}

export interface StorageOverview {
  counted_at: number;
  disk: { total_bytes: number; free_bytes: number; reserve_bytes: number };
  stored: { blob_bytes: number; blob_count: number; segment_bytes: number };
  /** Bytes that nothing names any more, until the server's next round; administrators are told. */
  waiting: { bytes: number; count: number; seen_at: number } | null;
  catalog: { bytes: number; empty_bytes: number } | null;
  projects: ProjectStorage[];
}

export interface CollectionStorage extends StorageLine {
  name: string;
  type: string;
  kind: "sequence" | "portfolio";
  versions: number;
}

export interface RunStorage {
  id: string;
  name: string;
  state: string;
  deleted: boolean;
  created_at: number;
  bytes: number;
  kinds: Partial<Record<StorageKind, number>>;
}

export interface WholeProjectStorage extends ProjectStorage {
  collections: CollectionStorage[];
  largest_runs: RunStorage[];
  run_count: number;
}

/** What a clean-up looks for; a rule that is left out is none. */
export interface CleanUpRules {
  entity?: string;
  project?: string;
  versions?: { older_than_days: number; keep_newest: number };
  deleted?: { older_than_days: number };
  failed_runs?: { older_than_days: number };
  short_runs?: { older_than_days: number; shorter_than_s: number };
}

export type CleanUpReason = "old_version" | "deleted_run" | "deleted_project" | "failed_run" | "short_run";

export interface CleanUpItem extends Place {
  id: string;
  what: "version" | "run" | "files";
  name: string;
  run: string | null;
  type: string | null;
  because: CleanUpReason;
  since: number;
  file_count: number;
  referenced_bytes: number;
  freed_bytes: number;
}

export interface CleanUpPlan {
  items: CleanUpItem[];
  truncated: boolean;
  referenced_bytes: number;
  freed_bytes: number;
}

/** Why something of a plan stays after all. */
export type SparedBecause = "gone" | "named" | "used" | "linked" | "needed" | "restored" | "deleted" | "running";

export interface CleanUpDone {
  removed: string[];
  spared: { id: string; because: SparedBecause; holder: string | null }[];
  freed_bytes: number;
}

export const storageQuery = {
  queryKey: ["storage"],
  queryFn: ({ signal }: Asked) => getJson<StorageOverview>("/api/storage", signal),
};

export const projectStorageQuery = ({ entity, project }: Place) => ({
  queryKey: ["storage", entity, project],
  queryFn: ({ signal }: Asked) =>
    getJson<WholeProjectStorage>(address(["api", "projects", entity, project, "storage"]), signal),
});

export const planCleanUp = (rules: CleanUpRules) => sendJson<CleanUpPlan>("POST", "/api/storage/plan", rules);
export const cleanUp = (items: string[]) => sendJson<CleanUpDone>("POST", "/api/storage/clean", { items });
