/** The page that `wandb login` and `runwell login` point to: makes a key to paste. */
import { type FormEvent, useState } from "react";
import { makeKey } from "../../net/account";
import type { NewApiKey } from "../../net/shapes";
import { say } from "../../state/toasts";
import { t } from "../../texts";
import styles from "../home/home.module.css";
import { Button, CopyButton } from "../parts/Controls";
import { useTitle } from "../parts/hooks";

export function Authorize() {
  useTitle(t.authorize.title);
  const [made, setMade] = useState<NewApiKey | null>(null);
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget).get("name") ?? "").trim();
    try {
      setMade(await makeKey(name || t.authorize.defaultName));
    } catch (error) {
      say(t.errors.failed((error as Error).message), { tone: "error" });
    }
  };
  return (
    <div className={styles.login}>
      <form className={styles.loginCard} onSubmit={submit}>
        <h1>{t.authorize.title}</h1>
        <p className={styles.muted}>{t.authorize.text}</p>
        {made ? (
          <>
            <p role="status">{t.authorize.once}</p>
            <div className={styles.shownKey}>
              <code data-key>{made.key}</code>
              <CopyButton text={made.key} look="primary" />
            </div>
            <p className={styles.muted}>{t.authorize.done}</p>
          </>
        ) : (
          <>
            <label className={styles.field}>
              {t.authorize.name}
              <input name="name" placeholder={t.authorize.defaultName} autoComplete="off" maxLength={128} />
            </label>
            <div>
              <Button look="primary" type="submit">
                {t.authorize.make}
              </Button>
            </div>
          </>
        )}
      </form>
    </div>
  );
}
