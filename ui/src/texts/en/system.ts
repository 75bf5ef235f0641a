/** The machine beside a run; comes with the run's page, not with the catalogue. */
import type { Shape } from ".";

export const system = {
  none: "No system metrics were recorded.",
  noneMore: "They are sampled beside the run, every few seconds.",
  sections: { cpu: "CPU", memory: "Memory", disk: "Disk", network: "Network", gpu: "GPU", proc: "Process" },
  names: {
    machineCpu: "CPU, whole machine",
    processCpu: "CPU, this process",
    cores: "CPU by core",
    threads: "Threads of this process",
    memory: "Memory used",
    processMemory: "Memory of this process",
    freeMemory: "Memory available",
    diskUsed: "Disk used",
    diskRead: "Read since the start",
    diskWritten: "Written since the start",
    sent: "Sent since the start",
    received: "Received since the start",
    gpuUse: "Utilisation",
    gpuMemory: "Memory allocated",
    gpuAccess: "Memory access",
    gpuTemperature: "Temperature",
    gpuPower: "Power",
    gpuPowerLimit: "Power limit",
    gpuClock: "Clock",
    gpuMemoryClock: "Memory clock",
    gpuFan: "Fan",
  },
  ofProcess: (name: string) => `${name}, GPUs of this process`,
  core: (n: string) => `core ${n}`,
  gpu: (n: string) => `GPU ${n}`,
  gpus: "GPUs",
  gpusOf: (shown: number, total: number) =>
    shown < total ? `${shown} of ${total} GPUs` : total === 1 ? "1 GPU" : `${total} GPUs`,
};

export type SystemTexts = Shape<typeof system>;
