/** What the script raised with `run.alert`, the newest first. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { alertsQuery } from "../../net/alerts";
import type { Place } from "../../net/projects";
import type { AlertLevel, Run } from "../../net/shapes";
import { t } from "../../texts";
import { Button } from "../parts/Controls";
import { dayAndTime } from "../parts/moments";
import parts from "../parts/parts.module.css";
import { StateGlyph } from "../parts/RunMarks";
import styles from "./run.module.css";

const SHOWN = 3;
const GLYPHS = { INFO: "running", WARN: "crashed", ERROR: "failed" } as const;
const COLOURS = { INFO: "var(--accent-text)", WARN: "var(--warn)", ERROR: "var(--err)" } as const;

export function Alerts({ place, run }: { place: Place; run: Run }) {
  const alerts = useQuery(alertsQuery(place, run.id)).data ?? [];
  const [all, setAll] = useState(false);
  if (alerts.length === 0) return null;
  const shown = all ? alerts : alerts.slice(0, SHOWN);
  return (
    <section className={`${parts.card} ${styles.alerts}`} aria-labelledby="alerts-title">
      <div className={styles.cardHead}>
        <h2 id="alerts-title">{t.run.alerts}</h2>
        <small>{t.home.of(shown.length, alerts.length)}</small>
        {alerts.length > SHOWN && (
          <Button look="quiet" aria-expanded={all} onClick={() => setAll(!all)}>
            {all ? t.run.fewerAlerts : t.run.allAlerts(alerts.length)}
          </Button>
        )}
      </div>
      <ul>
        {shown.map((alert) => {
          const level = levelOf(alert.level);
          return (
            <li key={`${alert.created_at}-${alert.title}`} className={styles.alert}>
              <span className={styles.alertLevel} style={{ color: COLOURS[level] }}>
                <StateGlyph state={GLYPHS[level]} />
                {t.run.alertLevels[level]}
              </span>
              <strong>{alert.title}</strong>
              <span className={styles.alertText}>{alert.text}</span>
              <time>{dayAndTime(alert.created_at)}</time>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

function levelOf(level: string): AlertLevel {
  const upper = level.toUpperCase();
  return upper === "ERROR" || upper === "WARN" ? upper : "INFO";
}
