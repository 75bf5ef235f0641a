/** Small controls that every screen shares. */
import type { ButtonHTMLAttributes, InputHTMLAttributes, ReactNode, Ref } from "react";
import { useState } from "react";
import { say } from "../../state/toasts";
import { t } from "../../texts";
import { Icon } from "./Icon";
import { KeyHint } from "./KeyCaps";
import styles from "./parts.module.css";

type Look = "plain" | "quiet" | "primary" | "danger" | "on";

export function Button({
  look = "plain",
  className,
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & { look?: Look; ref?: Ref<HTMLButtonElement> }) {
  return <button type="button" className={`${styles.button} ${styles[look]} ${className ?? ""}`} {...rest} />;
}

export function IconButton({
  icon,
  label,
  on,
  className,
  ...rest
}: ButtonHTMLAttributes<HTMLButtonElement> & {
  icon: string;
  label: string;
  on?: boolean;
  ref?: Ref<HTMLButtonElement>;
}) {
  return (
    <button
      type="button"
      className={`${styles.icon} ${className ?? ""}`}
      aria-label={label}
      title={label}
      data-on={on}
      aria-pressed={on}
      {...rest}
    >
      <Icon name={icon} />
    </button>
  );
}

export function SearchInput({
  label,
  hint,
  tail,
  className,
  ...rest
}: InputHTMLAttributes<HTMLInputElement> & {
  label: string;
  hint?: string;
  tail?: ReactNode;
  ref?: Ref<HTMLInputElement>;
}) {
  return (
    <div className={`${styles.input} ${className ?? ""}`}>
      <Icon name="search" size={14} />
      <input type="search" aria-label={label} placeholder={label} spellCheck={false} autoComplete="off" {...rest} />
      {tail}
      {hint && !rest.value && <KeyHint of={hint} />}
    </div>
  );
}

export { Kbd } from "./Kbd";

export function Tag({ children, onRemove }: { children: string; onRemove?: () => void }) {
  return (
    <span className={styles.tag} title={children}>
      <span>{children}</span>
      {onRemove && (
        <button type="button" aria-label={`${t.actions.remove} ${children}`} onClick={onRemove}>
          <Icon name="close" size={10} />
        </button>
      )}
    </span>
  );
}

/** A checkbox that may be half on. */
export function Checkbox({
  checked,
  label,
  onChange,
}: {
  checked: boolean | "mixed";
  label: string;
  onChange: (event: React.MouseEvent) => void;
}) {
  return (
    <button
      type="button"
      role="checkbox"
      aria-checked={checked}
      aria-label={label}
      className={styles.checkbox}
      onClick={onChange}
    >
      {checked === true && <Icon name="check" size={12} />}
      {checked === "mixed" && (
        <svg width={8} height={2} aria-hidden="true">
          <rect width={8} height={2} rx={1} fill="currentColor" />
        </svg>
      )}
    </button>
  );
}

/** Copies a text and says so in place. */
export function CopyButton({ text, label, look = "plain" }: { text: string; label?: string; look?: Look }) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    if (!(await copyText(text))) return;
    setCopied(true);
    setTimeout(() => setCopied(false), 1500);
  };
  return (
    <Button look={look} onClick={copy} aria-live="polite">
      <Icon name={copied ? "check" : "copy"} size={14} />
      {copied ? t.actions.copied : (label ?? t.actions.copy)}
    </Button>
  );
}

/** Puts a text on the clipboard, also on a plain http origin where the clipboard API is missing. */
export async function copyText(text: string): Promise<boolean> {
  try {
    if (navigator.clipboard) {
      await navigator.clipboard.writeText(text);
      return true;
    }
    const field = document.createElement("textarea");
    field.value = text;
    document.body.append(field);
    field.select();
    const copied = document.execCommand("copy");
    field.remove();
    return copied;
  } catch (error) {
    say(t.errors.failed(String(error)), { tone: "error" });
    return false;
  }
}

export function Empty({
  title,
  isPage,
  children,
}: {
  title: string;
  /** Whether it is all that the page has: then its title is the page's heading. */
  isPage?: boolean;
  children?: ReactNode;
}) {
  const Title = isPage ? "h1" : "strong";
  return (
    <div className={styles.empty}>
      <Title>{title}</Title>
      {children}
    </div>
  );
}
