import { describe, expect, it } from "vitest";
import { gpuRows, readSystemMetric, systemFamilies } from "./systemMetrics";

describe("metrics of the machine", () => {
  it("know their unit and what makes it of the logged value", () => {
    const memory = readSystemMetric("system.proc.memory.rssMB");
    expect([memory.name, memory.unit, memory.section]).toEqual(["processMemory", "GB", "memory"]);
    expect(1000 * memory.scale).toBeCloseTo(1.048576);
    expect(readSystemMetric("system.gpu.3.memoryAllocatedBytes").scale * 80e9).toBeCloseTo(80);
    expect(readSystemMetric("system.disk./home/data.usageGB").member).toBe("/home/data");
  });

  it("keep keys that nobody knows, each a chart of its own", () => {
    const metric = readSystemMetric("system.tpu.0.duty");
    expect(metric).toMatchObject({ family: "tpu.0.duty", section: "tpu", unit: "", scale: 1 });
    expect(systemFamilies(["system.tpu.0.duty", "system.tpu.1.duty"])).toHaveLength(2);
  });

  it("fold cores into one chart, in the order of their numbers", () => {
    const [cores] = systemFamilies(["10", "2", "0"].map((core) => `system.cpu.${core}.cpu_percent`));
    expect(cores?.map(({ member }) => member)).toEqual(["0", "2", "10"]);
  });

  it("tell a GPU from what the run's process uses of it", () => {
    expect(systemFamilies(["system.gpu.0.gpu", "system.gpu.process.0.gpu"])).toHaveLength(2);
  });

  it("make a row for each GPU of each writer, and columns that any of them has", () => {
    const keys = ["a", "b"].flatMap((writer) =>
      ["0", "1"].flatMap((gpu) => [`system.gpu.${gpu}.gpu/l:${writer}`, `system.gpu.${gpu}.powerWatts/l:${writer}`]),
    );
    const { columns, rows } = gpuRows([...keys, "system.gpu.0.temp/l:a", "system.cpu"]);
    expect(columns.map(({ name }) => name)).toEqual(["gpuUse", "gpuTemperature", "gpuPower"]);
    expect(rows.map(({ writer, gpu }) => writer + gpu)).toEqual(["a0", "a1", "b0", "b1"]);
    expect(rows[1]!.metrics.map((metric) => metric?.key)).toEqual([
      "system.gpu.1.gpu/l:a",
      undefined,
      "system.gpu.1.powerWatts/l:a",
    ]);
  });
});
