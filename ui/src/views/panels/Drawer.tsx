/** A sheet at the right edge: the charts stay in sight while something about them is changed. */
import { type ReactNode, useEffect, useRef } from "react";
import { t } from "../../texts";
import { IconButton } from "../parts/Controls";
import styles from "./panels.module.css";

export function Drawer({ title, onClose, children }: { title: string; onClose: () => void; children: ReactNode }) {
  const box = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement as HTMLElement | null;
    box.current?.focus();
    return () => before?.focus?.();
  }, []);
  return (
    <aside
      ref={box}
      className={styles.drawer}
      role="dialog"
      aria-label={title}
      tabIndex={-1}
      onKeyDown={(event) => {
        if (event.key !== "Escape") return;
        event.stopPropagation();
        onClose();
      }}
    >
      <header className={styles.drawerHead}>
        <h2>{title}</h2>
        <IconButton icon="close" label={t.actions.close} onClick={onClose} />
      </header>
      <div className={styles.drawerBody}>{children}</div>
    </aside>
  );
}
