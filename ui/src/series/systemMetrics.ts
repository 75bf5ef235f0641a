/**
 * What the machine's metrics are: their family, unit and whose they are, read from the keys that clients write
 * (`system.gpu.0.powerWatts`, `system.cpu.3.cpu_percent`, `system.disk./.usageGB`, with `/l:label` behind by writers
 * of a shared run). A key that is not known is a family of its own.
 */

export type SystemName =
  | "machineCpu"
  | "processCpu"
  | "cores"
  | "threads"
  | "memory"
  | "processMemory"
  | "freeMemory"
  | "diskUsed"
  | "diskRead"
  | "diskWritten"
  | "sent"
  | "received"
  | "gpuUse"
  | "gpuMemory"
  | "gpuAccess"
  | "gpuTemperature"
  | "gpuPower"
  | "gpuPowerLimit"
  | "gpuClock"
  | "gpuMemoryClock"
  | "gpuFan";

export interface SystemMetric {
  key: string;
  /** The same for metrics that one chart draws: a core's with all other cores', a GPU's with all other GPUs'. */
  family: string;
  section: string;
  /** undefined: not known, shown by its key. */
  name?: SystemName;
  unit: string;
  /** What makes the unit of the logged value. */
  scale: number;
  /** Whose it is within its family: a core, a disk, a GPU. */
  member: string;
  /** The writer of a shared run that sent it. */
  writer: string;
  /** Of GPUs: what only the run's own process uses. */
  ofProcess: boolean;
}

const MIB_IN_MB = 1.048576;
const MIB_IN_GB = MIB_IN_MB / 1000;
const GIB_IN_GB = 1.073741824;

type Kind = readonly [pattern: RegExp, section: string, name: SystemName, unit: string, scale?: number];

/** Only what names the member is caught. */
const KINDS: readonly Kind[] = [
  [/^cpu_percent$/, "cpu", "machineCpu", "%"],
  [/^cpu$/, "cpu", "processCpu", "%"],
  [/^cpu\.(\d+)\.cpu_percent$/, "cpu", "cores", "%"],
  [/^proc\.cpu\.threads$/, "cpu", "threads", ""],
  [/^memory(?:_percent)?$/, "memory", "memory", "%"],
  [/^proc\.memory\.percent$/, "memory", "processMemory", "%"],
  [/^proc\.memory\.rssMB$/, "memory", "processMemory", "GB", MIB_IN_GB],
  [/^proc\.memory\.availableMB$/, "memory", "freeMemory", "GB", MIB_IN_GB],
  [/^disk\.(.+)\.usagePercent$/, "disk", "diskUsed", "%"],
  [/^disk\.(.+)\.usageGB$/, "disk", "diskUsed", "GB", GIB_IN_GB],
  [/^disk\.(?:(.+)\.)?in$/, "disk", "diskRead", "MB", MIB_IN_MB],
  [/^disk\.(?:(.+)\.)?out$/, "disk", "diskWritten", "MB", MIB_IN_MB],
  [/^network\.sent$/, "network", "sent", "MB", 1e-6],
  [/^network\.recv$/, "network", "received", "MB", 1e-6],
  [/^gpu\.(\d+)\.gpu$/, "gpu", "gpuUse", "%"],
  [/^gpu\.(\d+)\.memoryAllocated$/, "gpu", "gpuMemory", "%"],
  [/^gpu\.(\d+)\.memoryAllocatedBytes$/, "gpu", "gpuMemory", "GB", 1e-9],
  [/^gpu\.(\d+)\.memory$/, "gpu", "gpuAccess", "%"],
  [/^gpu\.(\d+)\.temp$/, "gpu", "gpuTemperature", "°C"],
  [/^gpu\.(\d+)\.powerWatts$/, "gpu", "gpuPower", "W"],
  [/^gpu\.(\d+)\.powerPercent$/, "gpu", "gpuPower", "%"],
  [/^gpu\.(\d+)\.enforcedPowerLimitWatts$/, "gpu", "gpuPowerLimit", "W"],
  [/^gpu\.(\d+)\.smClock$/, "gpu", "gpuClock", "MHz"],
  [/^gpu\.(\d+)\.memoryClock$/, "gpu", "gpuMemoryClock", "MHz"],
  [/^gpu\.(\d+)\.fanSpeed$/, "gpu", "gpuFan", "%"],
];

/** Reads what a key of the system stream says. */
export function readSystemMetric(key: string): SystemMetric {
  const [, path = key, writer = ""] = /^(?:system[./])?(.*?)(?:\/l:(.*))?$/s.exec(key) ?? [];
  const ofProcess = path.startsWith("gpu.process.");
  const plain = ofProcess ? path.replace(".process", "") : path;
  for (const [pattern, section, name, unit, scale = 1] of KINDS) {
    const match = pattern.exec(plain);
    if (!match) continue;
    const family = `${ofProcess ? "process." : ""}${name}.${unit}`;
    return { key, family, section, name, unit, scale, member: match[1] ?? "", writer, ofProcess };
  }
  const section = /^[^./_]+/.exec(path)?.[0] ?? "";
  return { key, family: path, section, unit: "", scale: 1, member: "", writer, ofProcess: false };
}

/** Gives the metrics that each chart draws, numbered members in their order. */
export function systemFamilies(keys: readonly string[]): SystemMetric[][] {
  const families = new Map<string, SystemMetric[]>();
  for (const metric of keys.map(readSystemMetric)) {
    const known = families.get(metric.family);
    if (known) known.push(metric);
    else families.set(metric.family, [metric]);
  }
  return [...families.values()].map((some) => some.sort(byMember));
}

const byMember = (a: SystemMetric, b: SystemMetric) =>
  a.writer.localeCompare(b.writer, undefined, { numeric: true }) ||
  a.member.localeCompare(b.member, undefined, { numeric: true });

/** What the matrix of GPUs shows, in this order. */
const COLUMNS = ["gpuUse.%", "gpuMemory.GB", "gpuMemory.%", "gpuAccess.%", "gpuTemperature.°C", "gpuPower.W"];

export interface GpuRow {
  gpu: string;
  writer: string;
  /** By the place of their column; undefined where a GPU doesn't say. */
  metrics: (SystemMetric | undefined)[];
}

/** Gives a row for every GPU of every writer, and the columns that any of them has. */
export function gpuRows(keys: readonly string[]): { columns: SystemMetric[]; rows: GpuRow[] } {
  const families = systemFamilies(keys);
  const shown = COLUMNS.flatMap((family) => families.filter(([first]) => first?.family === family));
  const rows = new Map<string, GpuRow>();
  const sorted = shown.flat().sort(byMember);
  for (const { member, writer } of sorted) {
    rows.set(`${writer}/${member}`, { gpu: member, writer, metrics: new Array(shown.length).fill(undefined) });
  }
  shown.forEach((family, at) => {
    for (const metric of family) rows.get(`${metric.writer}/${metric.member}`)!.metrics[at] = metric;
  });
  return { columns: shown.map(([first]) => first!), rows: [...rows.values()] };
}
