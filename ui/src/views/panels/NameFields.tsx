/** How lines are worded in legends and tooltips: words and fields, with a list of fields to choose from. */
import { useEffect, useId, useState } from "react";
import { useStore } from "zustand";
import type { PanelSettings } from "../../series/layout";
import { type Field, RUN_FIELDS, readTemplate, writeField } from "../../series/template";
import { workspaceStore } from "../../state/workspace";
import { t } from "../../texts";
import { useRested } from "../parts/hooks";
import styles from "./panels.module.css";
import { useKeyChoices } from "./values";

/** Typing rests this long before charts follow. */
const REST_MS = 350;
const OF_LINE: Field[] = (["metric", "x", "y"] as const).map((of) => ({ of, key: "" }));
const OF_RUN: Field[] = RUN_FIELDS.map((key) => ({ of: "run", key }));

export function NameFields({
  settings,
  onChange,
}: {
  settings: Pick<PanelSettings, "legendText" | "tipText">;
  onChange: (changes: Pick<PanelSettings, "legendText" | "tipText">) => void;
}) {
  return (
    <>
      <TemplateField
        label={t.legends.legendText}
        value={settings.legendText}
        onChange={(legendText) => onChange({ legendText })}
      />
      <TemplateField label={t.legends.tipText} value={settings.tipText} onChange={(tipText) => onChange({ tipText })} />
      <p className={styles.hint}>{t.legends.help}</p>
    </>
  );
}

function TemplateField({
  label,
  value,
  onChange,
}: {
  label: string;
  /** undefined: inherited. */
  value: string | undefined;
  onChange: (value: string | undefined) => void;
}) {
  const id = useId();
  const place = useStore(workspaceStore, (state) => state.place)!;
  const keys = useKeyChoices(place, "config").filter((key) => /^(config|summary)\./.test(key));
  const [typed, setTyped] = useState(value ?? "");
  const rested = useRested(typed, REST_MS);
  // What is shown follows typing, an undo, and another panel.
  useEffect(() => setTyped(value ?? ""), [value]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only typing that came to rest is a change.
  useEffect(() => {
    if (rested === typed && rested !== (value ?? "")) onChange(rested || undefined);
  }, [rested]);
  const { wrong } = readTemplate(typed);
  return (
    <div className={styles.field}>
      <label htmlFor={id}>{label}</label>
      <span className={styles.template}>
        <input
          id={id}
          className={styles.code}
          value={typed}
          placeholder={t.legends.plain}
          spellCheck={false}
          aria-invalid={wrong.length > 0}
          onChange={(event) => setTyped(event.target.value)}
        />
        <select
          aria-label={t.legends.insert(label)}
          value=""
          onChange={(event) => setTyped([typed, event.target.value].filter(Boolean).join(" "))}
        >
          <option value="">{t.legends.insertShort}</option>
          <optgroup label={t.legends.lineFields}>{OF_LINE.map(option)}</optgroup>
          <optgroup label={t.legends.runFields}>{OF_RUN.map(option)}</optgroup>
          <optgroup label="config · summary">
            {keys.map((key) => (
              <option key={key} value={`$\{${key}}`}>
                {key}
              </option>
            ))}
          </optgroup>
        </select>
      </span>
      {wrong.length > 0 && <span className={styles.wrong}>{t.legends.wrong(wrong.join(", "))}</span>}
    </div>
  );
}

const option = (field: Field) => (
  <option key={writeField(field)} value={writeField(field)}>
    {writeField(field).slice(2, -1)}
  </option>
);
