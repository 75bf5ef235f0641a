/** A text field in place: Enter and leaving keep, Esc restores (null). */
import { type KeyboardEvent, useEffect, useRef, useState } from "react";

export function EditField({
  value,
  label,
  className,
  onDone,
}: {
  value: string;
  label: string;
  className: string;
  onDone: (value: string | null) => void;
}) {
  const field = useRef<HTMLInputElement>(null);
  const [text, setText] = useState(value);
  const done = useRef(false);
  useEffect(() => field.current?.select(), []);
  const finish = (result: string | null) => {
    if (done.current) return;
    done.current = true;
    onDone(result);
  };
  const press = (event: KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === "Enter" && !event.nativeEvent.isComposing) finish(text.trim());
    if (event.key === "Escape") finish(null);
  };
  return (
    <input
      ref={field}
      // biome-ignore lint/a11y/noAutofocus: the reader asked to edit exactly this.
      autoFocus
      className={className}
      aria-label={label}
      value={text}
      onChange={(event) => setText(event.target.value)}
      onKeyDown={press}
      onBlur={() => finish(text.trim())}
    />
  );
}
