/** Messages at the foot of the page. */
import { useStore } from "zustand";
import { dropToast, toastStore } from "../../state/toasts";
import { t } from "../../texts";
import { Button, IconButton } from "../parts/Controls";
import styles from "./shell.module.css";

export function Toasts() {
  const toasts = useStore(toastStore, (state) => state.toasts);
  return (
    <div className={styles.toasts} role="status" aria-live="polite">
      {toasts.map((toast) => (
        <div key={toast.id} className={styles.toast} data-tone={toast.tone}>
          <span>{toast.text}</span>
          {toast.action && (
            <Button
              onClick={() => {
                toast.action!.run();
                dropToast(toast.id);
              }}
            >
              {toast.action.label}
            </Button>
          )}
          <IconButton icon="close" label={t.actions.close} onClick={() => dropToast(toast.id)} />
        </div>
      ))}
    </div>
  );
}
