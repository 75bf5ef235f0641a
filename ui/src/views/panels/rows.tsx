/** Rows of settings: what isn't set is inherited, and what is can be given back. */
import type { ReactNode } from "react";
import type { PanelSettings } from "../../series/layout";
import { t } from "../../texts";
import styles from "./panels.module.css";

export interface RowProps {
  label: string;
  name: keyof PanelSettings;
  settings: PanelSettings;
  onChange: (changes: PanelSettings) => void;
}

export function Row({ label, name, settings, onChange, children }: RowProps & { children: ReactNode }) {
  const own = settings[name] !== undefined;
  return (
    <div className={styles.row}>
      <span>{label}</span>
      <span className={styles.control}>
        {children}
        {own && (
          <button type="button" className={styles.reset} onClick={() => onChange({ [name]: undefined })}>
            {t.arrange.reset}
          </button>
        )}
      </span>
    </div>
  );
}

export function Choice<T extends string>({
  of,
  texts,
  ...row
}: RowProps & { of: readonly T[]; texts: Record<T, string> }) {
  const { name, settings, label, onChange } = row;
  return (
    <Row {...row}>
      <select
        aria-label={label}
        value={(settings[name] as string | undefined) ?? ""}
        onChange={(event) => onChange({ [name]: event.target.value || undefined })}
      >
        <option value="">{t.arrange.inherited}</option>
        {of.map((one) => (
          <option key={one} value={one}>
            {texts[one]}
          </option>
        ))}
      </select>
    </Row>
  );
}

export function Toggle({ now, ...row }: RowProps & { now: boolean }) {
  const { name, settings, label, onChange } = row;
  return (
    <Row {...row}>
      <input
        type="checkbox"
        aria-label={label}
        checked={(settings[name] as boolean | undefined) ?? now}
        onChange={(event) => onChange({ [name]: event.target.checked })}
      />
    </Row>
  );
}

const edge = (text: string): number | null =>
  text.trim() === "" || !Number.isFinite(Number(text)) ? null : Number(text);

export function Range(row: RowProps & { name: "rangeX" | "rangeY" }) {
  const { name, settings, label, onChange } = row;
  const [from, to] = settings[name] ?? [null, null];
  const set = (next: [number | null, number | null]) =>
    onChange({ [name]: next[0] === null && next[1] === null ? undefined : next });
  return (
    <Row {...row}>
      <input
        type="number"
        step="any"
        aria-label={t.arrange.from(label)}
        placeholder={t.arrange.auto}
        value={from ?? ""}
        onChange={(event) => set([edge(event.target.value), to])}
      />
      <input
        type="number"
        step="any"
        aria-label={t.arrange.to(label)}
        placeholder={t.arrange.auto}
        value={to ?? ""}
        onChange={(event) => set([from, edge(event.target.value)])}
      />
    </Row>
  );
}

export function Words(row: RowProps & { name: "titleX" | "titleY" }) {
  const { name, settings, label, onChange } = row;
  return (
    <Row {...row}>
      <input
        type="text"
        aria-label={label}
        maxLength={200}
        placeholder={t.arrange.noTitle}
        value={settings[name] ?? ""}
        onChange={(event) => onChange({ [name]: event.target.value || undefined })}
      />
    </Row>
  );
}
