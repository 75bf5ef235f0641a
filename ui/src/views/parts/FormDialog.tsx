/** A dialog with one action: it stays open, and says why, while the server refuses. */
import { type ReactNode, useState } from "react";
import { say } from "../../state/toasts";
import { t } from "../../texts";
import { Button } from "./Controls";
import styles from "./form.module.css";
import { Dialog } from "./Menus";

export function FormDialog({
  title,
  action,
  danger,
  ready = true,
  onClose,
  onSubmit,
  children,
}: {
  title: string;
  action: string;
  danger?: boolean;
  /** Whether there is enough to go on. */
  ready?: boolean;
  onClose: () => void;
  onSubmit: () => Promise<void>;
  children: ReactNode;
}) {
  const [busy, setBusy] = useState(false);
  const submit = async () => {
    if (busy || !ready) return;
    setBusy(true);
    try {
      await onSubmit();
      onClose();
    } catch (error) {
      setBusy(false);
      say(t.errors.failed((error as Error).message), { tone: "error" });
    }
  };
  return (
    <Dialog
      open
      onClose={onClose}
      title={title}
      foot={
        <>
          <Button onClick={onClose}>{t.actions.cancel}</Button>
          <Button look={danger ? "danger" : "primary"} disabled={busy || !ready} onClick={() => void submit()}>
            {action}
          </Button>
        </>
      }
    >
      <form
        className={styles.form}
        onSubmit={(event) => {
          event.preventDefault();
          void submit();
        }}
      >
        {children}
        {/* Enter in a line of the form does what the button does. */}
        <button type="submit" hidden aria-hidden="true" tabIndex={-1} />
      </form>
    </Dialog>
  );
}
