/** A bordered sheet with a head. */
import type { ReactNode } from "react";
import styles from "./card.module.css";
import parts from "./parts.module.css";

export function Card({
  id,
  title,
  aside,
  children,
}: {
  /** Of the heading, which names the sheet. */
  id: string;
  title: string;
  aside?: ReactNode;
  children: ReactNode;
}) {
  return (
    <section className={parts.card} aria-labelledby={id}>
      <div className={styles.head}>
        <h2 id={id}>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}
