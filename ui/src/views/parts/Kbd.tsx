/** One cap of a keyboard. */
import type { ReactNode } from "react";
import styles from "./parts.module.css";

export function Kbd({ children }: { children: ReactNode }) {
  return <kbd className={styles.kbd}>{children}</kbd>;
}
