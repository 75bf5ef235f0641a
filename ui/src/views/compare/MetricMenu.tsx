/** Chooses the metric that runs are compared by. */
import { useState } from "react";
import type { Metric } from "../../net/shapes";
import { byName, cutMiddle } from "../../series/names";
import { t } from "../../texts";
import { Button } from "../parts/Controls";
import { Icon } from "../parts/Icon";
import KeyList from "../parts/KeyList";
import { Popover } from "../parts/Menus";

export function MetricMenu({
  metrics,
  chosen,
  onChoose,
}: {
  metrics: Metric[];
  chosen: string;
  onChoose: (key: string) => void;
}) {
  const [open, setOpen] = useState(false);
  return (
    <Popover
      label={t.compare.metric}
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button look="quiet">
          {t.compare.metric} <strong>{cutMiddle(chosen, 24, 12)}</strong>
          <Icon name="chevronDown" size={12} />
        </Button>
      }
    >
      <KeyList
        label={t.list.findKey}
        list={t.compare.metric}
        groups={[{ keys: metrics.map(({ key }) => key).sort(byName) }]}
        chosen={[chosen]}
        onChoose={(key) => {
          onChoose(key);
          setOpen(false);
        }}
      />
    </Popover>
  );
}
