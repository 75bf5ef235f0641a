/** One section of the settings, with its head. */
import type { ReactNode } from "react";
import styles from "./settings.module.css";

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
