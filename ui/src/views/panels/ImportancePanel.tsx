/** Which parameters matter for a result: a forest's word, and the correlation, which knows a direction. */
import { useQuery } from "@tanstack/react-query";
import { useRef } from "react";
import { importanceQuery } from "../../net/runValues";
import { delta } from "../../series/format";
import { bareKey } from "../../state/sort";
import { t } from "../../texts";
import { useNear } from "../parts/hooks";
import { PanelFrame } from "../workspace/PanelFrame";
import workspace from "../workspace/workspace.module.css";
import type { PanelProps } from "./kinds";
import styles from "./panels.module.css";
import { textOption, useFirstKeys, useNarrowed } from "./values";

const SHOWN = 40;

export default function ImportancePanel({ place, spec, widthPx, full }: PanelProps) {
  const box = useRef<HTMLElement>(null);
  const near = useNear(box) || full === true;
  const first = useFirstKeys(place);
  const target = textOption(spec.options.target) || first.summary || "";
  const narrowed = useNarrowed();
  const answer = useQuery({ ...importanceQuery(place, narrowed, target), enabled: near && target !== "" });
  const found = answer.data;
  const title = spec.title || t.panelKinds.importanceOf(bareKey(target));
  const most = Math.max(...(found?.parameters ?? []).map(({ importance }) => importance ?? 0), 1e-9);
  return (
    <PanelFrame
      box={box}
      spec={{ ...spec, title }}
      widthPx={widthPx}
      full={full}
      light={!near}
      notes={
        found && (
          <span className={workspace.panelNote}>
            {t.panelKinds.counted(found.runs)}
            {found.explained !== null && ` · ${t.panelKinds.explained(Math.round(found.explained * 100))}`}
          </span>
        )
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <div className={styles.bars} tabIndex={0} role="group" aria-label={title}>
        {found && found.parameters.length > 0 && (
          <table>
            <thead>
              <tr>
                <th scope="col">{t.panelKinds.parameter}</th>
                <th scope="col">{t.panelKinds.importance}</th>
                <th scope="col" className={styles.figure}>
                  {t.panelKinds.correlation}
                </th>
                <th scope="col" className={styles.figure}>
                  {t.panelKinds.n}
                </th>
              </tr>
            </thead>
            <tbody>
              {found.parameters.slice(0, SHOWN).map(({ key, importance, pearson, n }) => (
                <tr key={key}>
                  <th scope="row" title={key}>
                    {bareKey(key)}
                  </th>
                  <td className={styles.barTrack}>
                    {importance === null ? (
                      <span className={styles.faint}>–</span>
                    ) : (
                      <span
                        className={styles.bar}
                        style={{ color: "var(--accent)" }}
                        title={`${Math.round(importance * 100)} %`}
                      >
                        <i className={styles.solid} style={{ left: 0, right: `${100 - (importance / most) * 100}%` }} />
                      </span>
                    )}
                  </td>
                  <td className={styles.figure}>{pearson === null ? "–" : delta(pearson)}</td>
                  <td className={styles.figure}>{n}</td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
        {found && found.parameters.length === 0 && <p className={workspace.plotEmpty}>{t.panelKinds.nothingDiffers}</p>}
        {found && found.parameters.length > 0 && found.explained === null && (
          <p className={styles.said}>{t.panelKinds.tooFew}</p>
        )}
        {answer.isError && <p className={workspace.plotEmpty}>{t.errors.failed(answer.error.message)}</p>}
        {target === "" && <p className={workspace.plotEmpty}>{t.panelKinds.noResult}</p>}
      </div>
    </PanelFrame>
  );
}
