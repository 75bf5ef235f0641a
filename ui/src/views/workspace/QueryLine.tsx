/** One line that takes a filter expression and colours its parts; a bad one is explained below it. */
import { type Ref, useRef } from "react";
import { tokens } from "../../series/filterWords";
import { IconButton } from "../parts/Controls";
import styles from "./workspace.module.css";

export function QueryLine({
  value,
  onChange,
  label,
  placeholder,
  clearLabel,
  bad,
  ref,
}: {
  value: string;
  onChange: (value: string) => void;
  label: string;
  placeholder: string;
  clearLabel: string;
  bad: boolean;
  ref?: Ref<HTMLInputElement>;
}) {
  const paint = useRef<HTMLDivElement>(null);
  return (
    <div className={styles.query} data-bad={bad}>
      <div className={styles.paint} ref={paint} aria-hidden="true">
        {tokens(value).map((token, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a token is its position.
          <span key={i} className={styles[token.kind]}>
            {token.text}
          </span>
        ))}
      </div>
      <input
        ref={ref}
        value={value}
        aria-label={label}
        aria-invalid={bad}
        placeholder={placeholder}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => onChange(event.target.value)}
        onScroll={(event) => {
          if (paint.current) paint.current.scrollLeft = event.currentTarget.scrollLeft;
        }}
        onKeyDown={(event) => {
          if (event.key === "Escape") event.currentTarget.blur();
        }}
      />
      {value && <IconButton icon="close" label={clearLabel} onClick={() => onChange("")} />}
    </div>
  );
}
