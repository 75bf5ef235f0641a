/** The whole map of keys, each of which the reader may change. */
import { useEffect, useState } from "react";
import { useStore } from "zustand";
import { switchSingleKeysEverywhere, wearKeysEverywhere } from "../../state/preferences";
import {
  chosenKey,
  holderOf,
  isFixed,
  KEYS,
  type KeyName,
  keyOf,
  nameOfPress,
  singleKeysStore,
} from "../../state/singleKeys";
import { t } from "../../texts";
import { Button, IconButton, Kbd } from "../parts/Controls";
import { KeyCaps, keyText } from "../parts/KeyCaps";
import { Switch } from "../parts/Menus";
import { KEY_GROUPS } from "../shell/KeysHelp";
import shell from "../shell/shell.module.css";
import { SettingsSection } from "./SettingsSection";
import styles from "./settings.module.css";

export function KeyMap() {
  const { on, own } = useStore(singleKeysStore);
  const [asked, setAsked] = useState<KeyName | null>(null);
  const [problem, setProblem] = useState<{ name: KeyName; text: string } | null>(null);

  useEffect(() => {
    if (!asked) return;
    const hear = (event: KeyboardEvent) => {
      if (/^(Shift|Control|Meta|Alt)$/.test(event.key)) return;
      if (event.key === "Tab") {
        setAsked(null);
        return;
      }
      event.preventDefault();
      event.stopPropagation();
      setAsked(null);
      if (event.key === "Escape") return;
      const key = chosenKey(nameOfPress(event));
      const holder = holderOf(key, asked, own);
      if (holder) {
        setProblem({ name: asked, text: t.keys.taken(keyText(key), t.keys.names[holder]) });
        return;
      }
      setProblem(null);
      const { [asked]: _, ...rest } = own;
      wearKeysEverywhere(key === keyOf(asked, {}) ? rest : { ...rest, [asked]: key });
    };
    const leave = () => setAsked(null);
    window.addEventListener("keydown", hear, { capture: true });
    window.addEventListener("pointerdown", leave);
    return () => {
      window.removeEventListener("keydown", hear, { capture: true });
      window.removeEventListener("pointerdown", leave);
    };
  }, [asked, own]);

  const back = (name: KeyName) => {
    const { [name]: _, ...rest } = own;
    const holder = holderOf(keyOf(name, {}), name, rest);
    if (holder) {
      const key = keyText(keyOf(name, {}));
      setProblem({ name, text: t.keys.taken(key, t.keys.names[holder]) });
      return;
    }
    setProblem(null);
    wearKeysEverywhere(rest);
  };

  return (
    <SettingsSection
      id="keyboard"
      title={t.settings.keyboard}
      text={t.settings.keyboardText}
      action={
        Object.keys(own).length > 0 && (
          <Button
            onClick={() => {
              setProblem(null);
              wearKeysEverywhere({});
            }}
          >
            {t.keys.backAll}
          </Button>
        )
      }
    >
      <div className={styles.card}>
        <div className={styles.choice}>
          <div>
            <h3>{t.settings.singleKeys}</h3>
            <p className={styles.muted}>{t.settings.singleKeysText}</p>
          </div>
          <span className={styles.onOff}>
            {on ? t.settings.on : t.settings.off}
            <Switch on={on} label={t.settings.singleKeys} onChange={switchSingleKeysEverywhere} />
          </span>
        </div>
        <div className={`${styles.keys} ${shell.keysGrid}`}>
          {KEY_GROUPS.map((group) => (
            <section key={group} aria-label={t.keys.groups[group]}>
              <h3>{t.keys.groups[group]}</h3>
              <ul>
                {KEYS.filter((row) => row.group === group).map(({ name }) => (
                  <li key={name} className={styles.keyRow}>
                    <span>
                      {t.keys.names[name]}
                      {problem?.name === name && (
                        <small role="alert" className={styles.keyProblem}>
                          {problem.text}
                        </small>
                      )}
                    </span>
                    <span>
                      {own[name] && (
                        <IconButton icon="undo" label={t.keys.back(t.keys.names[name])} onClick={() => back(name)} />
                      )}
                      {isFixed(name) ? (
                        <span className={styles.keyFixed}>
                          <KeyCaps of={keyOf(name, own)} />
                        </span>
                      ) : (
                        <button
                          type="button"
                          className={styles.keyButton}
                          aria-label={t.keys.changeOne(t.keys.names[name], keyText(keyOf(name, own)))}
                          title={t.keys.changeOne(t.keys.names[name], keyText(keyOf(name, own)))}
                          onClick={() => {
                            setProblem(null);
                            setAsked(name);
                          }}
                        >
                          {asked === name ? <Kbd>{t.keys.press}</Kbd> : <KeyCaps of={keyOf(name, own)} />}
                        </button>
                      )}
                    </span>
                  </li>
                ))}
              </ul>
            </section>
          ))}
        </div>
        <p className="visually-hidden" role="status">
          {asked && t.keys.press}
        </p>
      </div>
    </SettingsSection>
  );
}
