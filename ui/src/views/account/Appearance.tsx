/** How the page looks: theme, language, height of rows, the runs' colours. */
import { useStore } from "zustand";
import { type Density, densityStore, ROW_PX } from "../../state/density";
import { type LanguageChoice, languageStore } from "../../state/language";
import { chooseDensityEverywhere, chooseLanguageEverywhere, chooseThemeEverywhere } from "../../state/preferences";
import { HUES } from "../../state/slots";
import { type Theme, themeStore } from "../../state/theme";
import { t } from "../../texts";
import parts from "../parts/parts.module.css";
import { SettingsSection } from "./SettingsSection";
import styles from "./settings.module.css";

const THEMES: Theme[] = ["system", "light", "dark"];
const LANGUAGES: LanguageChoice[] = ["system", "en", "ko"];
const DENSITIES = Object.keys(ROW_PX) as Density[];

export function Appearance() {
  const theme = useStore(themeStore, (state) => state.theme);
  const language = useStore(languageStore, (state) => state.choice);
  const density = useStore(densityStore, (state) => state.density);
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
          </div>
          <div>
            <span>{t.settings.rowHeight}</span>
            <span className={parts.segmented} role="group" aria-label={t.settings.rowHeight}>
              {DENSITIES.map((one) => (
                <button
                  key={one}
                  type="button"
                  aria-pressed={one === density}
                  onClick={() => chooseDensityEverywhere(one)}
                >
                  {t.settings.densities[one]} <small>{ROW_PX[one]} px</small>
                </button>
              ))}
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
