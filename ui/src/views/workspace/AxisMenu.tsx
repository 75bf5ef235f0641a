/** Chooses what charts run over: step, times, a step metric that a script named, or any other metric. */
import { lazy, type ReactElement, Suspense, useState } from "react";
import type { Metric } from "../../net/shapes";
import { byName } from "../../series/names";
import type { KnownAxis, XAxis } from "../../state/view";
import { t } from "../../texts";
import { Popover } from "../parts/Menus";

const KeyList = lazy(() => import("../parts/KeyList"));

/** Stands for no choice: what the axis is then, `own` says. */
const OWN = "";

/** Says an axis in words. */
export const axisName = (x: XAxis): string => t.panels.axes[x as KnownAxis] ?? x;

export function AxisMenu({
  label,
  trigger,
  axes,
  metrics,
  chosen,
  own,
  onChoose,
}: {
  label: string;
  trigger: ReactElement<Record<string, unknown>>;
  axes: readonly KnownAxis[];
  metrics: Metric[];
  chosen: XAxis | null;
  /** What the axis is when nothing is chosen; absent where that is no choice of its own. */
  own?: string;
  onChoose: (x: XAxis | null) => void;
}) {
  const [open, setOpen] = useState(false);
  const named = new Set(metrics.map((metric) => metric.step_metric));
  const numbers = metrics.filter((metric) => metric.kind === "number");
  const keys = numbers.map(({ key }) => key).sort(byName);
  return (
    <Popover label={label} open={open} onOpenChange={setOpen} trigger={trigger}>
      <Suspense fallback={null}>
        <KeyList
          label={t.panels.findAxis}
          list={label}
          name={(x) => (x === OWN ? (own ?? "") : axisName(x))}
          groups={[
            { keys: own === undefined ? axes : [OWN, ...axes] },
            { title: t.panels.stepMetrics, keys: keys.filter((key) => named.has(key)) },
            { title: t.panels.otherMetrics, keys: keys.filter((key) => !named.has(key)) },
          ]}
          chosen={[chosen ?? OWN]}
          onChoose={(x) => {
            onChoose(x || null);
            setOpen(false);
          }}
        />
      </Suspense>
    </Popover>
  );
}
