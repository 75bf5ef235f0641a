/** API keys: made here, shown once, revoked here. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { keysQuery, makeKey, revokeKey } from "../../net/account";
import type { ApiKey, NewApiKey } from "../../net/shapes";
import { say } from "../../state/toasts";
import { t } from "../../texts";
import { Button, Empty } from "../parts/Controls";
import { FormDialog } from "../parts/FormDialog";
import { Icon } from "../parts/Icon";
import { ago, day } from "../parts/moments";
import parts from "../parts/parts.module.css";
import { useAttempt } from "./attempt";
import { MakeForm } from "./MakeForm";
import { SettingsSection } from "./SettingsSection";
import { ShownKey } from "./ShownKey";
import styles from "./settings.module.css";

export function Keys() {
  const attempt = useAttempt(keysQuery.queryKey);
  const keys = useQuery(keysQuery);
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<NewApiKey | null>(null);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const make = (name: string) =>
    attempt(async () => {
      setMade(await makeKey(name));
      setMaking(false);
    });
  return (
    <SettingsSection
      id="keys"
      title={t.settings.keys}
      text={t.settings.keysText}
      action={
        <Button look="primary" onClick={() => setMaking(true)}>
          <Icon name="plus" size={14} />
          {t.settings.newKey}
        </Button>
      }
    >
      <div className={styles.card}>
        {making && (
          <MakeForm
            label={t.settings.keyName}
            hint={t.settings.keyNameHint}
            action={t.settings.create}
            onMake={(name) => void make(name)}
            onCancel={() => setMaking(false)}
          />
        )}
        {made && (
          <ShownKey value={made.key} onClose={() => setMade(null)}>
            <strong>{made.name}</strong> {t.settings.shownOnce}
          </ShownKey>
        )}
        {keys.isSuccess && keys.data.length === 0 ? (
          <Empty title={t.settings.noKeys} />
        ) : (
          <table className={`${parts.table} ${styles.table}`}>
            <thead>
              <tr>
                <th scope="col" style={{ width: "34%" }}>
                  {t.settings.head.name}
                </th>
                <th scope="col">{t.settings.head.starts}</th>
                <th scope="col">{t.settings.head.created}</th>
                <th scope="col">{t.settings.head.used}</th>
                <td style={{ width: 88 }} />
              </tr>
            </thead>
            <tbody>
              {(keys.data ?? []).map((key) => (
                <tr key={key.id}>
                  <td title={key.name}>{key.name}</td>
                  <td>
                    <code>{key.prefix}…</code>
                  </td>
                  <td className={styles.muted}>{day(key.created_at)}</td>
                  <td className={styles.muted}>{ago(key.last_used_at)}</td>
                  <td className={styles.acts}>
                    <button
                      type="button"
                      className={parts.link}
                      aria-label={`${t.settings.revoke} ${key.name}`}
                      onClick={() => setRevoking(key)}
                    >
                      {t.settings.revoke}
                    </button>
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
      {revoking && (
        <FormDialog
          title={t.settings.revokeNow}
          action={t.settings.revokeNow}
          danger
          onClose={() => setRevoking(null)}
          onSubmit={async () => {
            await revokeKey(revoking.id);
            say(t.settings.revoked(revoking.name || revoking.prefix));
            await keys.refetch();
          }}
        >
          <p>{t.settings.revokeSure(revoking.name || revoking.prefix)}</p>
        </FormDialog>
      )}
    </SettingsSection>
  );
}
