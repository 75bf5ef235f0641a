/** What a line chart draws: one metric or several. */
import { useId, useState } from "react";
import type { Metric } from "../../net/shapes";
import type { PanelEntry, PanelSpec } from "../../series/layout";
import { t } from "../../texts";
import { Tag } from "../parts/Controls";
import { keysOf } from "../workspace/LinePanel";
import styles from "./panels.module.css";

export function LineEditor({
  spec,
  metrics,
  onChange,
}: {
  spec: PanelSpec;
  metrics: Metric[];
  onChange: (changes: Partial<PanelEntry>) => void;
}) {
  const list = useId();
  const [typed, setTyped] = useState("");
  const keys = keysOf(spec.options);
  const set = (next: string[]) => onChange({ options: { ...spec.options, keys: next } });
  const add = (key: string) => {
    if (!metrics.some((metric) => metric.key === key) || keys.includes(key)) return;
    set([...keys, key]);
    setTyped("");
  };
  return (
    <div className={styles.field}>
      {t.arrange.metrics}
      <div className={styles.chips}>
        {keys.map((key) => (
          <Tag key={key} onRemove={keys.length > 1 ? () => set(keys.filter((one) => one !== key)) : undefined}>
            {key}
          </Tag>
        ))}
      </div>
      <input
        list={list}
        value={typed}
        aria-label={t.arrange.addMetric}
        placeholder={t.arrange.addMetric}
        onChange={(event) => {
          setTyped(event.target.value);
          // A choice from the list arrives as one change to a whole key.
          if (!(event.nativeEvent as InputEvent).inputType?.startsWith("insertText")) add(event.target.value);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") add(typed);
        }}
      />
      <datalist id={list}>
        {metrics
          .filter(({ key }) => !keys.includes(key))
          .map(({ key }) => (
            <option key={key} value={key} />
          ))}
      </datalist>
    </div>
  );
}
