/** What charts may do differently, for one panel or a section; what isn't set here is inherited, and says so. */
import type { ReactNode } from "react";
import type { Metric } from "../../net/shapes";
import { weight } from "../../series/format";
import type { PanelSettings } from "../../series/layout";
import { axesOf } from "../../state/axes";
import { lookOfPanel } from "../../state/panelLook";
import { AGGREGATES, BANDS, MAX_SMOOTHING, SMOOTHINGS, TIPS } from "../../state/view";
import { t } from "../../texts";
import { useView } from "../parts/hooks";
import styles from "./panels.module.css";

export function SettingsForm({
  settings,
  inherited,
  metrics,
  ranges = false,
  onChange,
}: {
  settings: PanelSettings;
  /** What its section says; absent for a section, which inherits from the workspace alone. */
  inherited?: PanelSettings;
  metrics: Metric[];
  /** Whether shown ranges make sense here: they do for one panel. */
  ranges?: boolean;
  onChange: (changes: PanelSettings) => void;
}) {
  const workspace = useView((all) => all);
  const view = lookOfPanel(workspace, inherited ?? {});
  return (
    <div className={styles.form}>
      <Row label={t.arrange.xAxis} name="x" settings={settings} onChange={onChange}>
        <select
          aria-label={t.arrange.xAxis}
          value={settings.x ?? ""}
          onChange={(event) => onChange({ x: event.target.value || undefined })}
        >
          <option value="">{t.arrange.inherited}</option>
          {axesOf("history").map((axis) => (
            <option key={axis} value={axis}>
              {t.panels.axes[axis]}
            </option>
          ))}
          {metrics
            .filter(({ kind }) => kind === "number")
            .map(({ key }) => (
              <option key={key} value={key}>
                {key}
              </option>
            ))}
        </select>
      </Row>
      <Row label={t.panels.smoothLabel} name="smooth" settings={settings} onChange={onChange}>
        <input
          type="range"
          aria-label={t.panels.smoothLabel}
          min={0}
          max={MAX_SMOOTHING}
          step={0.01}
          value={settings.smooth ?? view.smooth}
          onChange={(event) => onChange({ smooth: Number(event.target.value) })}
        />
        <output>{weight(settings.smooth ?? view.smooth)}</output>
      </Row>
      <Choice
        name="smoothing"
        label={t.arrange.smoothing}
        of={SMOOTHINGS}
        texts={t.arrange.smoothings}
        {...{ settings, onChange }}
      />
      <Toggle name="original" label={t.arrange.original} now={view.original} {...{ settings, onChange }} />
      <Toggle name="log" label={t.panels.log} now={view.log} {...{ settings, onChange }} />
      <Toggle name="logX" label={t.arrange.logX} now={view.logX} {...{ settings, onChange }} />
      <Toggle name="clip" label={t.panels.clip} now={view.clip} {...{ settings, onChange }} />
      {ranges && (
        <>
          <Range name="rangeX" label={t.arrange.rangeX} {...{ settings, onChange }} />
          <Range name="rangeY" label={t.arrange.rangeY} {...{ settings, onChange }} />
        </>
      )}
      <Choice
        name="aggregate"
        label={t.arrange.aggregate}
        of={AGGREGATES}
        texts={t.arrange.aggregates}
        {...{ settings, onChange }}
      />
      <Choice name="band" label={t.arrange.band} of={BANDS} texts={t.arrange.bands} {...{ settings, onChange }} />
      <Choice name="tip" label={t.arrange.tip} of={TIPS} texts={t.arrange.tips} {...{ settings, onChange }} />
    </div>
  );
}

interface RowProps {
  label: string;
  name: keyof PanelSettings;
  settings: PanelSettings;
  onChange: (changes: PanelSettings) => void;
}

function Row({ label, name, settings, onChange, children }: RowProps & { children: ReactNode }) {
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

function Choice<T extends string>({ of, texts, ...row }: RowProps & { of: readonly T[]; texts: Record<T, string> }) {
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

function Toggle({ now, ...row }: RowProps & { now: boolean }) {
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

function Range(row: RowProps & { name: "rangeX" | "rangeY" }) {
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
