/** API keys: made here, shown once, revoked here. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { keysQuery, makeKey, revokeKey } from "../../net/account";
import type { ApiKey, NewApiKey } from "../../net/shapes";
import { say } from "../../state/toasts";
import { t } from "../../texts";
import { Button, Empty } from "../parts/Controls";
import { Icon } from "../parts/Icon";
import { Dialog } from "../parts/Menus";
import { ago, day } from "../parts/moments";
import parts from "../parts/parts.module.css";
import { SettingsSection } from "./SettingsSection";
import { ShownKey } from "./ShownKey";
import styles from "./settings.module.css";

export function Keys() {
  const client = useQueryClient();
  const keys = useQuery(keysQuery);
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<NewApiKey | null>(null);
  const [revoking, setRevoking] = useState<ApiKey | null>(null);
  const reread = () => client.invalidateQueries({ queryKey: keysQuery.queryKey });

  const make = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name") ?? "").trim();
    try {
      setMade(await makeKey(name));
      setMaking(false);
      await reread();
    } catch (error) {
      say(t.errors.failed((error as Error).message), { tone: "error" });
    }
  };
  const revoke = async (key: ApiKey) => {
    setRevoking(null);
    try {
      await revokeKey(key.id);
      await reread();
      say(t.settings.revoked(key.name || key.prefix));
    } catch (error) {
      say(t.errors.failed((error as Error).message), { tone: "error" });
    }
  };
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
          <form className={styles.making} onSubmit={make}>
            <input
              name="name"
              required
              maxLength={128}
              // biome-ignore lint/a11y/noAutofocus: the reader just asked for this field.
              autoFocus
              aria-label={t.settings.keyName}
              placeholder={`${t.settings.keyName}, ${t.settings.keyNameHint}`}
              autoComplete="off"
            />
            <Button look="primary" type="submit">
              {t.settings.create}
            </Button>
            <Button onClick={() => setMaking(false)}>{t.actions.cancel}</Button>
          </form>
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
      <Dialog
        open={revoking !== null}
        onClose={() => setRevoking(null)}
        title={t.settings.revokeNow}
        foot={
          <>
            <Button onClick={() => setRevoking(null)}>{t.actions.cancel}</Button>
            <Button look="danger" onClick={() => revoking && void revoke(revoking)}>
              {t.settings.revokeNow}
            </Button>
          </>
        }
      >
        {revoking && t.settings.revokeSure(revoking.name || revoking.prefix)}
      </Dialog>
    </SettingsSection>
  );
}
