/** One line that takes a filter expression, colours its parts, marks its mistake and says what may come next. */
import { lazy, type Ref, Suspense, useId, useMemo, useRef, useState } from "react";
import type { Place } from "../../net/projects";
import { tryFilter } from "../../series/filter";
import { tokens } from "../../series/filterWords";
import { IconButton } from "../parts/Controls";
import { useRested } from "../parts/hooks";
import styles from "./query.module.css";

const Completions = lazy(() => import("./QueryCompletions").then((room) => ({ default: room.QueryCompletions })));
/** A mistake is marked when the hand rests: every expression is wrong while it is being written. */
const REST_MS = 400;

export function QueryLine({
  value,
  onChange,
  label,
  placeholder,
  clearLabel,
  bad,
  place,
  ref,
}: {
  value: string;
  onChange: (value: string) => void;
  label: string;
  placeholder: string;
  clearLabel: string;
  bad: boolean;
  /** The project whose keys and values are offered; without it none are. */
  place?: Place;
  ref?: Ref<HTMLInputElement>;
}) {
  const listId = useId();
  const paint = useRef<HTMLDivElement>(null);
  const field = useRef<HTMLInputElement | null>(null);
  const [caret, setCaret] = useState<number | null>(null);
  const keys = useRef<((event: React.KeyboardEvent) => boolean) | null>(null);
  const rested = useRested(value, REST_MS);
  const trouble = useMemo(() => (rested === value ? tryFilter(value).trouble : null), [rested, value]);
  const follow = () => setCaret(field.current?.selectionStart ?? null);
  const put = (text: string, at: number) => {
    onChange(text);
    setCaret(at);
    // After React wrote the value.
    requestAnimationFrame(() => {
      field.current?.focus();
      field.current?.setSelectionRange(at, at);
    });
  };
  return (
    <div className={styles.query} data-bad={bad}>
      <div className={styles.paint} ref={paint} aria-hidden="true">
        {tokens(value).map((token, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a token is its position.
          <span key={i} className={styles[token.kind]}>
            {token.text}
          </span>
        ))}
        {trouble && (
          <span className={styles.underline}>
            {value.slice(0, trouble.at)}
            <u>{value.slice(trouble.at, trouble.at + Math.max(trouble.length, 1)) || " "}</u>
          </span>
        )}
      </div>
      {/* biome-ignore lint/a11y/useAriaPropsSupportedByRole: it is a combobox where there is something to choose from. */}
      <input
        ref={(element) => {
          field.current = element;
          if (typeof ref === "function") ref(element);
          else if (ref) ref.current = element;
        }}
        value={value}
        aria-label={label}
        aria-invalid={bad}
        role={place ? "combobox" : undefined}
        aria-autocomplete={place ? "list" : undefined}
        aria-expanded={place ? caret !== null : undefined}
        aria-controls={place && caret !== null ? listId : undefined}
        placeholder={placeholder}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => {
          onChange(event.target.value);
          follow();
        }}
        onScroll={(event) => {
          if (paint.current) paint.current.scrollLeft = event.currentTarget.scrollLeft;
        }}
        onBlur={() => setCaret(null)}
        onClick={() => caret !== null && follow()}
        onKeyUp={(event) => caret !== null && event.key.startsWith("Arrow") && follow()}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing || keys.current?.(event)) return;
          if (event.key === "ArrowDown" && place) {
            event.preventDefault();
            follow();
          }
          if (event.key === "Enter") setCaret(null);
          if (event.key === "Escape") {
            if (caret !== null) setCaret(null);
            else event.currentTarget.blur();
          }
        }}
      />
      {value && <IconButton icon="close" label={clearLabel} onClick={() => put("", 0)} />}
      {place && caret !== null && (
        <Suspense fallback={null}>
          <Completions
            place={place}
            expression={value}
            caret={caret}
            listId={listId}
            field={field}
            keys={keys}
            onPut={put}
          />
        </Suspense>
      )}
    </div>
  );
}
