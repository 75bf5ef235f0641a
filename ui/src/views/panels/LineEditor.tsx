/** What a line chart draws: metrics by name or by pattern, and formulas over them. */
import { useId, useState } from "react";
import type { Metric } from "../../net/shapes";
import { readFormula } from "../../series/formula";
import type { PanelEntry, PanelSpec } from "../../series/layout";
import { t } from "../../texts";
import { Tag } from "../parts/Controls";
import { keysOf } from "../workspace/panelSeries";
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
  const formulas = Array.isArray(spec.options.formulas) ? (spec.options.formulas as string[]) : [];
  const wrong = formulas.findIndex((text) => text.trim() !== "" && !isFormula(text));
  return (
    <>
      <div className={styles.field}>
        {t.arrange.metrics}
        <div className={styles.chips}>
          {keys.map((key) => (
            <Tag key={key} onRemove={() => set(keys.filter((one) => one !== key))}>
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
      <label className={styles.field}>
        {t.arrange.pattern}
        <input
          className={styles.code}
          defaultValue={typeof spec.options.pattern === "string" ? spec.options.pattern : ""}
          placeholder={t.arrange.patternHint}
          spellCheck={false}
          onChange={(event) => onChange({ options: { ...spec.options, pattern: event.target.value } })}
        />
      </label>
      <label className={styles.field}>
        {t.arrange.formulas}
        <textarea
          rows={3}
          defaultValue={formulas.join("\n")}
          placeholder={t.arrange.formulasHint}
          spellCheck={false}
          aria-invalid={wrong >= 0}
          onChange={(event) =>
            onChange({
              options: {
                ...spec.options,
                formulas: event.target.value.split("\n").filter((line) => line.trim() !== ""),
              },
            })
          }
        />
        {wrong >= 0 && <span className={styles.wrong}>{t.arrange.badFormula(wrong + 1)}</span>}
      </label>
    </>
  );
}

function isFormula(text: string): boolean {
  try {
    readFormula(text);
    return true;
  } catch {
    return false;
  }
}
