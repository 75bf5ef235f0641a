/** Logging in: by a one-time link, by a pasted key, or by name and password. */
import { type FormEvent, useEffect, useRef, useState } from "react";
import { useLocation } from "wouter";
import { type Credentials, logIn, serverQuery } from "../../net/account";
import { ApiError, UNREACHABLE } from "../../net/http";
import { languageOf, languageStore } from "../../state/language";
import { queryClient } from "../../state/live";
import { adoptChoices } from "../../state/preferences";
import { t } from "../../texts";
import styles from "../home/home.module.css";
import { Button } from "../parts/Controls";
import { useTitle } from "../parts/hooks";
import { Mark } from "../parts/Icon";

/** Where to go after logging in: an address of this page only, never another site's. */
export function nextAddress(search: string): string {
  const next = new URLSearchParams(search).get("next") ?? "/";
  return /^\/(?![/\\])/.test(next) ? next : "/";
}

export function Login() {
  useTitle(t.login.title);
  const [, navigate] = useLocation();
  const [token] = useState(() => new URLSearchParams(window.location.search).get("token"));
  const [byPassword, setByPassword] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(token !== null);
  const started = useRef(false);

  const enter = async (credentials: Credentials, refused?: string) => {
    setBusy(true);
    setProblem(null);
    try {
      const server = await logIn(credentials);
      const next = nextAddress(window.location.search);
      await adoptChoices();
      if (languageOf(languageStore.getState().choice, navigator.languages) !== document.documentElement.lang) {
        window.location.replace(next);
        return;
      }
      queryClient.setQueryData(serverQuery.queryKey, server);
      navigate(next, { replace: true });
    } catch (error) {
      const unreachable = error instanceof ApiError && error.status === UNREACHABLE;
      setProblem(unreachable ? t.errors.unreachable : (refused ?? (error as Error).message));
      setBusy(false);
    }
  };

  // biome-ignore lint/correctness/useExhaustiveDependencies: a link is redeemed once.
  useEffect(() => {
    if (!token || started.current) return;
    started.current = true;
    // The token leaves the address before anything else can read it.
    const rest = new URLSearchParams(window.location.search);
    rest.delete("token");
    window.history.replaceState(null, "", `/login${rest.size ? `?${rest}` : ""}`);
    void enter({ token }, `${t.login.linkUsed} ${t.login.linkMore}`);
  }, []);

  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const field = (name: string) => String(form.get(name) ?? "").trim();
    void enter(
      byPassword
        ? { user: field("user"), password: String(form.get("password") ?? "") }
        : { api_key: field("api_key") },
    );
  };

  return (
    <main className={styles.login}>
      <form className={styles.loginCard} onSubmit={submit}>
        <h1>
          <Mark />
          {t.login.title}
        </h1>
        {busy && token ? (
          <p role="status">{t.login.opening}</p>
        ) : (
          <>
            {problem && (
              <p className={styles.problem} role="alert">
                {problem}
              </p>
            )}
            {byPassword ? (
              <>
                <label className={styles.field}>
                  {t.login.user}
                  <input name="user" autoComplete="username" required />
                </label>
                <label className={styles.field}>
                  {t.login.password}
                  <input name="password" type="password" autoComplete="current-password" required />
                </label>
              </>
            ) : (
              <>
                <label className={styles.field}>
                  {t.login.key}
                  <input name="api_key" type="password" autoComplete="off" spellCheck={false} required />
                </label>
                <p className={styles.muted}>{t.login.keyHint}</p>
              </>
            )}
            <div style={{ display: "flex", gap: 8 }}>
              <Button look="primary" type="submit" disabled={busy}>
                {t.login.submit}
              </Button>
              <Button look="quiet" onClick={() => setByPassword(!byPassword)}>
                {byPassword ? t.login.useKey : t.login.usePassword}
              </Button>
            </div>
          </>
        )}
      </form>
    </main>
  );
}
