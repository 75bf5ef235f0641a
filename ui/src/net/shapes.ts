/** The answers of the read API, as docs/api.md describes them. */
import type { Json } from "../series/tagged";

export const STATES = [
  "pending",
  "running",
  "finished",
  "failed",
  "crashed",
  "interrupted",
  "preempted",
  "killed",
] as const;
export type RunState = (typeof STATES)[number];

export interface ServerInfo {
  version: string;
  base_url: string;
  user: string | null;
  entity: string | null;
  admin: boolean;
}

export interface ApiKey {
  id: number | string;
  name: string;
  prefix: string;
  created_at: number;
  last_used_at: number | null;
}

export interface NewApiKey {
  id: number | string;
  name: string;
  prefix: string;
  key: string;
}

export interface Settings {
  code_saving?: boolean;
  theme?: "system" | "light" | "dark";
  language?: "system" | "en" | "ko";
  /** What only the page knows of. */
  ui?: { density?: string; single_keys?: boolean; keys?: Record<string, string> };
}

export interface Project {
  entity: string;
  name: string;
  description: string | null;
  created_at: number;
  active_at: number | null;
  run_count: number;
  states: Partial<Record<RunState, number>>;
  /** Whether the reader may change it. */
  writable: boolean;
  /** When it was deleted; of deleted ones. */
  deleted_at?: number;
}

export interface Contributor {
  user: string;
  runs: number;
  runtime_s: number;
  active_at: number;
}

/** A project with what its own page says of it. */
export interface WholeProject extends Project {
  runtime_s: number;
  contributors: Contributor[];
  deleted_runs: number;
  owner: { name: string; is_team: boolean; members: number };
  artifacts: { collections: number; versions: number };
}

export interface RunRow {
  id: string;
  name: string;
  state: RunState;
  created_at: number;
  heartbeat_at: number | null;
  finished_at: number | null;
  runtime_s: number | null;
  last_step: number | null;
  user: string;
  tags: string[];
  notes: string | null;
  group: string | null;
  job_type: string | null;
  host: string;
  sweep: string | null;
  values: Record<string, Json | undefined>;
  /** The run it was forked from; without id and name when that was deleted. */
  parent?: { id: string | null; name: string | null; step: number } | null;
  rewound_step?: number | null;
  /** When it was deleted; of deleted ones. */
  deleted_at?: number;
}

export interface RunPage {
  total: number;
  matched: number;
  offset: number;
  runs: RunRow[];
}

/** What a column's values of a group of runs have in common: figures of its numbers, or how many values there are. */
export interface Aggregated {
  n?: number;
  mean?: number | null;
  median?: number | null;
  min?: number | null;
  max?: number | null;
  std?: number | null;
  /** How many different values there are, counted up to 100. */
  distinct?: number;
  /** Of tags: each with how many runs have it, the most frequent first. */
  values?: [string, number][];
}

export interface RunGroup {
  key: Record<string, Json>;
  count: number;
  states: Partial<Record<RunState, number>>;
  /** Its runs in the order of the listing, the first thousand. */
  ids: string[];
  aggregates: Record<string, Aggregated>;
}

export interface GroupPage {
  total: number;
  matched: number;
  groups: RunGroup[];
  group_count: number;
}

export interface Run extends RunRow {
  config: { [key: string]: Json };
  summary: { [key: string]: Json };
  meta: { [key: string]: Json };
  exit_code: number | null;
  error: string | null;
  record: { [counter: string]: Json };
  stop_requested: boolean;
  log_lines: number;
  file_count: number;
  project: string;
  entity: string;
}

export type AlertLevel = "INFO" | "WARN" | "ERROR";

export interface Alert {
  title: string;
  text: string;
  level: string;
  created_at: number;
}

export interface Column {
  key: string;
  runs: number;
  types: Record<string, number>;
  distinct: number;
  differs: boolean;
  min?: Json;
  max?: Json;
}

export interface Metric {
  key: string;
  runs: number;
  points: number;
  kind: "number" | "text" | "mixed" | "media";
  min: Json;
  max: Json;
  non_finite: number;
  step_metric?: string;
  goal?: string;
  /** What its summary keeps: `min`, `max`, `best`, …. */
  summary?: string[];
  hidden?: boolean;
}

export interface RunEdit {
  name?: string;
  notes?: string;
  group?: string;
  job_type?: string;
  tags?: string[];
  add_tags?: string[];
  remove_tags?: string[];
}

export interface ConsoleLine {
  n: number;
  t: number | null;
  level: "info" | "error";
  label?: string;
  text: string;
}

export interface RunFile {
  path: string;
  size_bytes: number;
  media_type: string;
  updated_at: number;
  digest: string;
}

/** What names a run. */
export interface RunRef {
  entity: string;
  project: string;
  id: string;
  name: string;
  state: RunState;
  job_type: string | null;
}

export interface ArtifactVersion {
  id: number | string;
  entity: string;
  project: string;
  name: string;
  type: string;
  version: string;
  aliases: string[];
  tags: string[];
  description: string | null;
  size_bytes: number;
  file_count: number;
  digest: string;
  created_at: number;
  run: RunRef | null;
}

/** Where a version is listed. */
export interface VersionPlace {
  entity: string;
  project: string;
  name: string;
  version: string;
}

/** Where a version is linked, and by which aliases it is known there. */
export interface VersionLink extends VersionPlace {
  aliases: string[];
}

/** A version with all that is known of it. */
export interface WholeVersion extends ArtifactVersion {
  metadata: { [key: string]: Json };
  digest_algorithm: string;
  ttl_s: number | null;
  /** Whether the reader may change it. */
  writable: boolean;
  logged_by: RunRef | null;
  used_by: RunRef[];
  source: VersionPlace;
  links: VersionLink[];
}

export interface Collection {
  entity: string;
  project: string;
  name: string;
  type: string;
  kind: "sequence" | "portfolio";
  description: string | null;
  tags: string[];
  versions: number;
  newest: string | null;
  size_bytes: number;
  created_at: number;
  updated_at: number;
}

export interface LineageArtifact extends VersionPlace {
  type: string;
  state: string;
  size_bytes: number;
}

export type LineageNode =
  | { id: string; kind: "run"; run: RunRef }
  | { id: string; kind: "artifact"; artifact: LineageArtifact };

/** Runs and versions; edges go the way that data went. */
export interface Lineage {
  nodes: LineageNode[];
  edges: { from: string; to: string }[];
  truncated: boolean;
}

export interface ArtifactFile {
  path: string;
  size_bytes: number;
  digest: string;
  /** Where a reference points. */
  ref: string | null;
  /** null for a reference, whose bytes are elsewhere. */
  url: string | null;
}

export type Stream = "history" | "system";

/** What a live notice says; never what is new, only that something is. */
export interface LiveNotice {
  event: "run" | "project" | "resync" | "connected" | "disconnected";
  entity?: string;
  project?: string;
  run?: string;
  state?: RunState;
  rows?: number;
  last_step?: number;
  log_lines?: number;
  what?: string[];
}
