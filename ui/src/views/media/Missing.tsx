/** What stands in the place of a media value that can't be shown: one sentence. */
import type { ReactNode } from "react";
import { t } from "../../texts";
import styles from "./media.module.css";

export function Missing({ children = t.mediaPanels.missing }: { children?: ReactNode }) {
  return (
    <div className={styles.fallback} role="note">
      <span>{children}</span>
    </div>
  );
}

/** Shown while a file is read. */
export function Waiting() {
  return <div className={styles.fallback} aria-busy="true" />;
}
