/** Chooses the metric that runs are compared by. */
import { useState } from "react";
import type { Metric } from "../../net/shapes";
import { byName, cutMiddle } from "../../series/names";
import { t } from "../../texts";
import { Button, SearchInput } from "../parts/Controls";
import { Icon } from "../parts/Icon";
import { Popover } from "../parts/Menus";
import parts from "../parts/parts.module.css";

/** Metrics listed at once; the search finds the others. */
const LISTED = 60;

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
  const [find, setFind] = useState("");
  const found = metrics
    .map(({ key }) => key)
    .filter((key) => key.toLowerCase().includes(find.trim().toLowerCase()))
    .sort(byName);
  return (
    <Popover
      label={t.compare.metric}
      width={240}
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button look="quiet">
          {t.compare.metric} <strong>{cutMiddle(chosen, 24, 12)}</strong>
          <Icon name="chevronDown" size={12} />
        </Button>
      }
    >
      <SearchInput label={t.list.findKey} value={find} onChange={(event) => setFind(event.target.value)} />
      {found.length > LISTED && <div className={parts.menuTitle}>{t.list.keysShown(LISTED, found.length)}</div>}
      {found.slice(0, LISTED).map((key) => (
        <button
          key={key}
          type="button"
          className={parts.item}
          aria-pressed={key === chosen}
          onClick={() => {
            onChoose(key);
            setOpen(false);
          }}
        >
          <span className={parts.itemMark}>{key === chosen && <Icon name="check" size={14} />}</span>
          <span className={parts.itemText} title={key}>
            {key}
          </span>
        </button>
      ))}
    </Popover>
  );
}
