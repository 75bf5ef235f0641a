/** Settings: what is the reader's own, and what is the server's. */
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
import { Profile } from "./Profile";
import { SettingsSection } from "./SettingsSection";
import styles from "./settings.module.css";
import { Users } from "./Users";

const Storage = lazy(() => import("../storage/Storage").then((room) => ({ default: room.Storage })));

/** Sections of one page, which an address scrolls to. */
const MAIN = ["keys", "code", "appearance"];
const YOURS = ["profile", ...MAIN, "keyboard"] as const;
const SERVERS = ["users", "storage", "server"] as const;
const PAGES = { profile: Profile, keyboard: KeyMap, users: Users, storage: Storage, server: Server };

export function SettingsPage() {
  const { section = "keys" } = useParams();
  const name = t.settings.sections[section as keyof typeof t.settings.sections];
  useTitle(name ? `${name}, ${t.settings.title}` : t.settings.title);
  useEffect(() => {
    if (MAIN.includes(section)) document.getElementById(section)?.scrollIntoView({ block: "start" });
  }, [section]);
  const Page = PAGES[section as keyof typeof PAGES];
  const links = (sections: readonly string[]) =>
    sections.map((one) => (
      <Link key={one} href={`/settings/${one}`} aria-current={one === section ? "page" : undefined}>
        {t.settings.sections[one as keyof typeof t.settings.sections]}
      </Link>
    ));
  return (
    <div className={styles.page}>
      <nav className={styles.nav} aria-label={t.settings.title}>
        <small>{t.settings.you}</small>
        {links(YOURS)}
        <small>{t.settings.server}</small>
        {links(SERVERS)}
      </nav>
      <div className={styles.body}>
        <Suspense fallback={null}>
          {section === "storage" ? (
            <Storage />
          ) : (
            <div className={styles.sections}>
              <h1 className="visually-hidden">{t.settings.title}</h1>
              {Page ? (
                <Page />
              ) : (
                <>
                  <Keys />
                  <CodeSaving />
                  <Appearance />
                </>
              )}
            </div>
          )}
        </Suspense>
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
