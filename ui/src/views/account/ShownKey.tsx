/** A key that was just made: shown this once, with its copy button focused. */
import { type ReactNode, useEffect, useRef } from "react";
import { t } from "../../texts";
import { CopyButton, IconButton } from "../parts/Controls";
import { Icon } from "../parts/Icon";
import styles from "./settings.module.css";

export function ShownKey({ children, value, onClose }: { children: ReactNode; value: string; onClose: () => void }) {
  const box = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each key that is shown takes the focus once.
  useEffect(() => box.current?.querySelector("button")?.focus(), [value]);
  return (
    <div className={styles.made} ref={box} role="status">
      <span className={styles.madeMark}>
        <Icon name="check" size={14} />
      </span>
      <span className={styles.madeText}>{children}</span>
      <code>{value}</code>
      <CopyButton text={value} />
      <IconButton icon="close" label={t.actions.close} onClick={onClose} />
    </div>
  );
}
