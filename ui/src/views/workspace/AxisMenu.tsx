/** Chooses what charts run over: step, times, a step metric that a script named, or any other metric. */
import { type ReactElement, useState } from "react";
import type { Metric } from "../../net/shapes";
import { byName } from "../../series/names";
import type { KnownAxis, XAxis } from "../../state/view";
import { t } from "../../texts";
import { SearchInput } from "../parts/Controls";
import { Icon } from "../parts/Icon";
import { Popover } from "../parts/Menus";
import parts from "../parts/parts.module.css";

/** Metrics listed at once; the search finds the others. */
const LISTED = 40;

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
  const [find, setFind] = useState("");
  const named = new Set(metrics.map((metric) => metric.step_metric));
  const numbers = metrics.filter((metric) => metric.kind === "number");
  const matching = numbers
    .filter((metric) => metric.key.toLowerCase().includes(find.trim().toLowerCase()))
    .sort((a, b) => byName(a.key, b.key));
  const item = (x: XAxis | null, text: string) => (
    <button
      key={x ?? ""}
      type="button"
      className={parts.item}
      aria-pressed={x === chosen}
      onClick={() => {
        onChoose(x);
        setOpen(false);
      }}
    >
      <span className={parts.itemMark}>{x === chosen && <Icon name="check" size={14} />}</span>
      <span className={parts.itemText} title={text}>
        {text}
      </span>
    </button>
  );
  const groups: [string, Metric[]][] = [
    [t.panels.stepMetrics, matching.filter((metric) => named.has(metric.key))],
    [t.panels.otherMetrics, matching.filter((metric) => !named.has(metric.key))],
  ];
  return (
    <Popover label={label} width={240} open={open} onOpenChange={setOpen} trigger={trigger}>
      {own !== undefined && item(null, own)}
      {axes.map((axis) => item(axis, t.panels.axes[axis]))}
      {numbers.length > 0 && (
        <>
          <div className={parts.rule} />
          <SearchInput label={t.panels.findAxis} value={find} onChange={(event) => setFind(event.target.value)} />
        </>
      )}
      {groups.map(
        ([title, some]) =>
          some.length > 0 && (
            <div key={title}>
              <div className={parts.menuTitle}>
                {title}
                {some.length > LISTED && ` · ${t.list.keysShown(LISTED, some.length)}`}
              </div>
              {some.slice(0, LISTED).map((metric) => item(metric.key, metric.key))}
            </div>
          ),
      )}
    </Popover>
  );
}
