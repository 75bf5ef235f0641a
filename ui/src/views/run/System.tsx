/** The machine beside a run: its GPUs at a glance, and charts with names and units in place of keys. */
import { useQuery } from "@tanstack/react-query";
import { metricsQuery } from "../../net/metrics";
import type { Place } from "../../net/projects";
import type { Run } from "../../net/shapes";
import { systemText } from "../../texts/ofRun";
import { PanelGrid } from "../workspace/PanelGrid";
import type { DrawnRun } from "../workspace/runs";
import { GpuMatrix } from "./GpuMatrix";
import { systemPanels, systemSection } from "./systemPanels";

export function System({ place, run, drawn }: { place: Place; run: Run; drawn: DrawnRun[] }) {
  const metrics = useQuery(metricsQuery(place, "system", run.id)).data?.metrics;
  return (
    <PanelGrid
      place={place}
      drawn={drawn}
      stream="system"
      run={run.id}
      panelsOf={systemPanels}
      sectionName={systemSection}
      lead={metrics && <GpuMatrix place={place} run={run} metrics={metrics} />}
      emptyTitle={systemText.none}
      emptyMore={systemText.noneMore}
    />
  );
}
