/** All keys, on `?`: as they are now, the reader's own among them. */
import { Link } from "wouter";
import { useStore } from "zustand";
import { KEYS, type KeyGroup, keyOf, singleKeysStore } from "../../state/singleKeys";
import { t } from "../../texts";
import { Kbd } from "../parts/Controls";
import { KeyCaps } from "../parts/KeyCaps";
import { Dialog } from "../parts/Menus";
import parts from "../parts/parts.module.css";
import styles from "./shell.module.css";

export const KEY_GROUPS = Object.keys(t.keys.groups) as KeyGroup[];
export function KeysHelp({ onClose }: { onClose: () => void }) {
  const { on, own } = useStore(singleKeysStore);
  return (
    <Dialog
      open
      onClose={onClose}
      title={t.keys.title}
      wide
      foot={
        <Link href="/settings/keyboard" className={parts.link} onClick={onClose}>
          {t.keys.change}
        </Link>
      }
    >
      {!on && <p className={styles.keysOff}>{t.keys.off}</p>}
      <div className={styles.keysGrid}>
        {KEY_GROUPS.map((group) => (
          <section key={group} aria-label={t.keys.groups[group]}>
            <h3>{t.keys.groups[group]}</h3>
            <ul>
              {KEYS.filter((row) => row.group === group).map((row) => (
                <li key={row.name}>
                  <span>{t.keys.names[row.name]}</span>
                  <span>
                    <KeyCaps of={keyOf(row.name, own)} />
                  </span>
                </li>
              ))}
            </ul>
          </section>
        ))}
        <section aria-label={t.keys.pointer}>
          <h3>{t.keys.pointer}</h3>
          <ul>
            {t.keys.gestures.map(([what, how]) => (
              <li key={what}>
                <span>{what}</span>
                <span>
                  <Kbd>{how}</Kbd>
                </span>
              </li>
            ))}
          </ul>
        </section>
      </div>
    </Dialog>
  );
}
