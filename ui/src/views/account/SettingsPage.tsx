/** Settings: keys, code saving, appearance, keyboard, the server. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { lazy, type ReactNode, Suspense, useEffect, useId } from "react";
import { Link, useParams } from "wouter";
import { useStore } from "zustand";
import { changeSettings, serverQuery, settingsQuery } from "../../net/account";
import { type LanguageChoice, languageStore } from "../../state/language";
import { chooseLanguageEverywhere, chooseThemeEverywhere } from "../../state/preferences";
import { singleKeysStore, switchSingleKeys } from "../../state/singleKeys";
import { HUES } from "../../state/slots";
import { type Theme, themeStore } from "../../state/theme";
import { say } from "../../state/toasts";
import { t } from "../../texts";
import { useTitle } from "../parts/hooks";
import { Switch } from "../parts/Menus";
import parts from "../parts/parts.module.css";
import { KeysList } from "../shell/KeysHelp";
import { Keys } from "./Keys";
import styles from "./settings.module.css";

const Storage = lazy(() => import("../storage/Storage").then((room) => ({ default: room.Storage })));

const SECTIONS = ["keys", "code", "appearance", "keyboard", "server"] as const;
const THEMES: Theme[] = ["system", "light", "dark"];
const LANGUAGES: LanguageChoice[] = ["system", "en", "ko"];

export function SettingsPage() {
  useTitle(t.settings.title);
  const { section } = useParams();
  useEffect(() => {
    if (section) document.getElementById(section)?.scrollIntoView({ block: "start" });
  }, [section]);
  return (
    <div className={styles.page}>
      <nav className={styles.nav} aria-label={t.settings.title}>
        <small>{t.settings.you}</small>
        {SECTIONS.map((one) => (
          <Link key={one} href={`/settings/${one}`} aria-current={one === (section ?? "keys") ? "true" : undefined}>
            {t.settings.sections[one]}
          </Link>
        ))}
        <small>{t.settings.server}</small>
        <Link href="/settings/storage" aria-current={section === "storage" ? "true" : undefined}>
          {t.storage.title}
        </Link>
      </nav>
      <div className={styles.body}>
        {section === "storage" ? (
          <Suspense fallback={null}>
            <Storage />
          </Suspense>
        ) : (
          <div className={styles.sections}>
            <h1 className="visually-hidden">{t.settings.title}</h1>
            <Keys />
            <CodeSaving />
            <Appearance />
            <SettingsSection id="keyboard" title={t.settings.keyboard}>
              <div className={`${styles.card} ${styles.keys}`}>
                <KeysList />
              </div>
            </SettingsSection>
            <Server />
          </div>
        )}
      </div>
    </div>
  );
}

export function SettingsSection({
  id,
  title,
  text,
  action,
  children,
}: {
  id: string;
  title: string;
  text?: string;
  action?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section id={id} aria-labelledby={`${id}-title`}>
      <div className={styles.head}>
        <h2 id={`${id}-title`}>{title}</h2>
        {text && <p>{text}</p>}
        {action}
      </div>
      {children}
    </section>
  );
}

function CodeSaving() {
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

function Appearance() {
  const theme = useStore(themeStore, (state) => state.theme);
  const singleKeys = useStore(singleKeysStore, (state) => state.on);
  const language = useStore(languageStore, (state) => state.choice);
  return (
    <SettingsSection id="appearance" title={t.settings.appearance} text={t.settings.appearanceText}>
      <div className={`${styles.card} ${styles.looks}`}>
        <div className={styles.themes} role="radiogroup" aria-label={t.settings.appearance}>
          {THEMES.map((one) => (
            <button
              key={one}
              type="button"
              role="radio"
              aria-checked={one === theme}
              className={styles.theme}
              onClick={() => chooseThemeEverywhere(one)}
            >
              <span className={styles.preview} aria-hidden="true">
                {(one === "system" ? ["light", "dark"] : [one]).map((shade) => (
                  <span key={shade} data-theme={shade}>
                    <i />
                    <i />
                    <i />
                  </span>
                ))}
              </span>
              <span>
                <span className={styles.radio} />
                {t.themes[one]}
              </span>
            </button>
          ))}
        </div>
        <div className={styles.pairs}>
          <div>
            <span>{t.settings.language}</span>
            <span>
              <span className={parts.segmented} role="group" aria-label={t.settings.language}>
                {LANGUAGES.map((one) => (
                  <button
                    key={one}
                    type="button"
                    lang={one === "system" ? undefined : one}
                    aria-pressed={one === language}
                    onClick={() => void chooseLanguageEverywhere(one)}
                  >
                    {t.settings.languages[one]}
                  </button>
                ))}
              </span>
            </span>
          </div>
          <div>
            <span>{t.settings.singleKeys}</span>
            <span className={styles.onOff}>
              <Switch on={singleKeys} label={t.settings.singleKeys} onChange={switchSingleKeys} />
              <span className={styles.muted}>
                {singleKeys ? t.settings.on : t.settings.off}, {t.settings.singleKeysText}
              </span>
            </span>
          </div>
          <div>
            <span>{t.settings.colours}</span>
            <span>
              <span className={styles.hues} aria-hidden="true">
                {Array.from({ length: HUES }, (_, i) => `var(--run-${i + 1})`).map((hue) => (
                  <i key={hue} style={{ background: hue }} />
                ))}
              </span>
              <span className={styles.muted}>{t.settings.coloursText}</span>
            </span>
          </div>
        </div>
      </div>
    </SettingsSection>
  );
}

function Server() {
  const server = useQuery(serverQuery).data;
  return (
    <SettingsSection id="server" title={t.settings.server}>
      <div className={styles.card}>
        <div className={styles.pairs}>
          <div>
            <span className={styles.muted}>{t.settings.version}</span>
            <span>{server?.version}</span>
          </div>
          <div>
            <span className={styles.muted}>{t.settings.address}</span>
            <span>{server?.base_url}</span>
          </div>
          <div>
            <span className={styles.muted}>{t.settings.user}</span>
            <span>{server?.user}</span>
          </div>
        </div>
      </div>
    </SettingsSection>
  );
}
