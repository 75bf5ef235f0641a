/** Whether the code of runs is saved. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useId } from "react";
import { changeSettings, settingsQuery } from "../../net/account";
import { say } from "../../state/toasts";
import { t } from "../../texts";
import { Switch } from "../parts/Menus";
import { SettingsSection } from "./SettingsSection";
import styles from "./settings.module.css";

export function CodeSaving() {
  const client = useQueryClient();
  const settings = useQuery(settingsQuery);
  const label = useId();
  const on = settings.data?.code_saving ?? false;
  const change = async (code_saving: boolean) => {
    const before = settings.data;
    client.setQueryData(settingsQuery.queryKey, { ...before, code_saving });
    try {
      client.setQueryData(settingsQuery.queryKey, await changeSettings({ code_saving }));
    } catch (error) {
      client.setQueryData(settingsQuery.queryKey, before);
      say(t.errors.failed((error as Error).message), { tone: "error" });
    }
  };
  return (
    <SettingsSection id="code" title={t.settings.code}>
      <div className={styles.card}>
        <div className={styles.choice}>
          <div>
            <h3 id={label}>{t.settings.saveCode}</h3>
            <p className={styles.muted}>{t.settings.saveCodeText}</p>
            <p className={styles.muted}>{t.settings.saveCodeMore}</p>
          </div>
          <span className={styles.onOff}>
            {on ? t.settings.on : t.settings.off}
            <Switch on={on} labelledBy={label} onChange={(now) => void change(now)} />
          </span>
        </div>
      </div>
    </SettingsSection>
  );
}
