/** Settings: keys, code saving, appearance, keyboard, storage, the server. */
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useEffect } from "react";
import { Link, useParams } from "wouter";
import { serverQuery } from "../../net/account";
import { t } from "../../texts";
import { useTitle } from "../parts/hooks";
import { Appearance } from "./Appearance";
import { CodeSaving } from "./CodeSaving";
import { KeyMap } from "./KeyMap";
import { Keys } from "./Keys";
import { SettingsSection } from "./SettingsSection";
import styles from "./settings.module.css";

const Storage = lazy(() => import("../storage/Storage").then((room) => ({ default: room.Storage })));

const SECTIONS = ["keys", "code", "appearance", "keyboard", "server"] as const;

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
            <KeyMap />
            <Server />
          </div>
        )}
      </div>
    </div>
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
