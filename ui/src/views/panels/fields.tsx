/** Fields that editors of panels share. */
import { type ReactNode, useId, useState } from "react";
import { bareKey } from "../../state/sort";
import { t } from "../../texts";
import { Tag } from "../parts/Controls";
import styles from "./panels.module.css";

/** Chooses one key; what is typed counts once it names one, or is empty where that is allowed. */
export function KeyField({
  label,
  value,
  keys,
  optional,
  onChange,
}: {
  label: string;
  value: string;
  keys: string[];
  optional?: boolean;
  onChange: (key: string) => void;
}) {
  const list = useId();
  const [typed, setTyped] = useState(value);
  const known = typed === value || keys.includes(typed) || (optional && typed === "");
  return (
    <label className={styles.field}>
      {label}
      <input
        list={list}
        value={typed}
        placeholder={optional ? t.panelKinds.none : t.panelKinds.chooseKey}
        aria-invalid={!known}
        spellCheck={false}
        onChange={(event) => {
          setTyped(event.target.value);
          if (keys.includes(event.target.value) || (optional && event.target.value === ""))
            onChange(event.target.value);
        }}
      />
      {!known && <span className={styles.wrong}>{t.panelKinds.noKey}</span>}
      <Keys id={list} keys={keys} />
    </label>
  );
}

/** Chooses several keys, in an order. */
export function KeysField({
  label,
  values,
  keys,
  onChange,
}: {
  label: string;
  values: string[];
  keys: string[];
  onChange: (keys: string[]) => void;
}) {
  const list = useId();
  const [typed, setTyped] = useState("");
  const add = (key: string) => {
    if (!keys.includes(key) || values.includes(key)) return;
    onChange([...values, key]);
    setTyped("");
  };
  return (
    <div className={styles.field}>
      {label}
      <div className={styles.chips}>
        {values.map((key) => (
          <Tag key={key} onRemove={() => onChange(values.filter((one) => one !== key))}>
            {bareKey(key)}
          </Tag>
        ))}
      </div>
      <input
        list={list}
        value={typed}
        aria-label={label}
        placeholder={t.panelKinds.addKey}
        spellCheck={false}
        onChange={(event) => {
          setTyped(event.target.value);
          if (!(event.nativeEvent as InputEvent).inputType?.startsWith("insertText")) add(event.target.value);
        }}
        onKeyDown={(event) => {
          if (event.key === "Enter") add(typed);
        }}
      />
      <Keys id={list} keys={keys.filter((key) => !values.includes(key))} />
    </div>
  );
}

function Keys({ id, keys }: { id: string; keys: string[] }) {
  return (
    <datalist id={id}>
      {keys.map((key) => (
        <option key={key} value={key} />
      ))}
    </datalist>
  );
}

export function ChoiceField<T extends string>({
  label,
  value,
  of,
  texts,
  onChange,
}: {
  label: string;
  value: T;
  of: readonly T[];
  texts: Record<T, string>;
  onChange: (value: T) => void;
}) {
  return (
    <label className={styles.row}>
      {label}
      <span className={styles.control}>
        <select value={value} onChange={(event) => onChange(event.target.value as T)}>
          {of.map((one) => (
            <option key={one} value={one}>
              {texts[one]}
            </option>
          ))}
        </select>
      </span>
    </label>
  );
}

export function SwitchField({
  label,
  on,
  onChange,
}: {
  label: ReactNode;
  on: boolean;
  onChange: (on: boolean) => void;
}) {
  return (
    <label className={styles.row}>
      {label}
      <span className={styles.control}>
        <input type="checkbox" checked={on} onChange={(event) => onChange(event.target.checked)} />
      </span>
    </label>
  );
}
