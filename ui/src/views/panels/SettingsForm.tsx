/** What charts may do differently, for one panel or a section; what isn't set here is inherited, and says so. */
import type { Metric } from "../../net/shapes";
import { weight } from "../../series/format";
import type { PanelSettings } from "../../series/layout";
import { axesOf } from "../../state/axes";
import { lookOfPanel } from "../../state/panelLook";
import { AGGREGATES, BANDS, LEGENDS, MAX_SMOOTHING, SMOOTHINGS, TIPS } from "../../state/view";
import { t } from "../../texts";
import { useView } from "../parts/hooks";
import { GroupField } from "./GroupField";
import { NameFields } from "./NameFields";
import styles from "./panels.module.css";
import { Choice, Range, Row, Toggle, Words } from "./rows";

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
          <Words name="titleX" label={t.arrange.titleX} {...{ settings, onChange }} />
          <Words name="titleY" label={t.arrange.titleY} {...{ settings, onChange }} />
        </>
      )}
      <Row label={t.arrange.draw} name="draw" settings={settings} onChange={onChange}>
        <input
          type="number"
          min={1}
          max={1000}
          aria-label={t.arrange.draw}
          placeholder={t.arrange.drawAll}
          value={settings.draw ?? ""}
          onChange={({ target: { value } }) =>
            onChange({ draw: Number(value) >= 1 ? Math.floor(Number(value)) : undefined })
          }
        />
      </Row>
      <GroupField settings={settings} onChange={onChange} />
      <Choice
        name="aggregate"
        label={t.arrange.aggregate}
        of={AGGREGATES}
        texts={t.arrange.aggregates}
        {...{ settings, onChange }}
      />
      <Choice name="band" label={t.arrange.band} of={BANDS} texts={t.arrange.bands} {...{ settings, onChange }} />
      <Choice name="tip" label={t.arrange.tip} of={TIPS} texts={t.arrange.tips} {...{ settings, onChange }} />
      <Choice name="legend" label={t.legends.place} of={LEGENDS} texts={t.legends.places} {...{ settings, onChange }} />
      <NameFields settings={settings} onChange={onChange} />
    </div>
  );
}
