/** What charts run over: a known axis, or a metric; and which of them one chart takes. */
import type { Metric, Stream } from "../net/shapes";
import { KNOWN_AXES, type KnownAxis, type View, type XAxis } from "./view";

/** System metrics are sampled by time; they have no steps. */
export const TIME_AXES: readonly KnownAxis[] = ["runtime", "timestamp"];

export const axesOf = (stream: Stream): readonly KnownAxis[] => (stream === "system" ? TIME_AXES : KNOWN_AXES);

export const isKnownAxis = (x: XAxis): x is KnownAxis => (KNOWN_AXES as readonly string[]).includes(x);

/** Gives the axis of charts of which nothing else was said. */
export function baseAxis(stream: Stream, { x }: Pick<View, "x">): XAxis {
  if (stream === "system") return TIME_AXES.find((axis) => axis === x) ?? "runtime";
  return x ?? "step";
}

/**
 * Gives the axis of one chart: what the reader chose for it or for all, then the step metric that the script named,
 * then the step.
 */
export function axisOfMetric(
  stream: Stream,
  metric: Pick<Metric, "key" | "step_metric"> | undefined,
  { x }: Pick<View, "x">,
): XAxis {
  if (stream === "system") return baseAxis(stream, { x });
  const own = metric?.step_metric && metric.step_metric !== metric.key ? metric.step_metric : "step";
  return x ?? own;
}
