/** The condition that a column's cells must hold: an operator and a value, in a small window under its head. */
import { useState } from "react";
import type { ColumnKind, Condition, Operator } from "../../net/tables";
import { plain } from "../../series/format";
import { readOperand } from "../../series/loggedTable";
import { t } from "../../texts";
import { Button } from "../parts/Controls";
import { Popover } from "../parts/Menus";
import styles from "./tables.module.css";

type Choice = keyof typeof t.loggedTable.operators;

const CHOICES: Record<ColumnKind, Choice[]> = {
  number: ["=", "!=", "<", "<=", ">", ">=", "empty", "given"],
  text: ["contains", "=", "!=", "empty", "given"],
  bool: ["=", "!=", "empty", "given"],
  media: ["contains", "empty", "given"],
  mixed: ["contains", "=", "!=", "<", "<=", ">", ">=", "empty", "given"],
  empty: ["empty", "given"],
};

/** Says a condition in words. */
export function conditionText({ column, operator, value }: Condition): string {
  if (value === null) return `${column} ${t.loggedTable.operators[operator === "=" ? "empty" : "given"]}`;
  return `${column} ${operator === "contains" ? t.loggedTable.operators.contains : operator} ${plain(value)}`;
}

export function ColumnFilter({
  column,
  kind,
  on,
  onChange,
}: {
  column: string;
  kind: ColumnKind;
  on: boolean;
  onChange: (condition: Condition) => void;
}) {
  const [open, setOpen] = useState(false);
  const [choice, setChoice] = useState<Choice>(CHOICES[kind][0]!);
  const [text, setText] = useState(kind === "bool" ? "true" : "");
  const bare = choice === "empty" || choice === "given";
  const apply = () => {
    setOpen(false);
    if (bare) onChange({ column, operator: choice === "empty" ? "=" : "!=", value: null });
    else onChange({ column, operator: choice as Operator, value: readOperand(text, kind, choice) });
  };
  return (
    <Popover
      open={open}
      onOpenChange={setOpen}
      align="end"
      width={240}
      label={t.loggedTable.filter(column)}
      trigger={
        <button
          type="button"
          className={styles.funnel}
          data-on={on || undefined}
          aria-label={t.loggedTable.filter(column)}
          title={t.loggedTable.filter(column)}
        >
          <svg width={12} height={12} viewBox="0 0 12 12" aria-hidden="true">
            <path d="M1.5 2.5h9L7 6.7v3.3l-2 .9V6.7Z" fill={on ? "currentColor" : "none"} stroke="currentColor" />
          </svg>
        </button>
      }
    >
      <form
        className={styles.condition}
        onSubmit={(event) => {
          event.preventDefault();
          apply();
        }}
      >
        <strong>{t.loggedTable.filterTitle}</strong>
        <span className={styles.conditionColumn}>{column}</span>
        <select
          aria-label={t.loggedTable.condition}
          value={choice}
          onChange={(event) => setChoice(event.target.value as Choice)}
        >
          {CHOICES[kind].map((one) => (
            <option key={one} value={one}>
              {t.loggedTable.operators[one]}
            </option>
          ))}
        </select>
        {!bare &&
          (kind === "bool" ? (
            <select aria-label={t.loggedTable.value} value={text} onChange={(event) => setText(event.target.value)}>
              <option value="true">true</option>
              <option value="false">false</option>
            </select>
          ) : (
            <input
              aria-label={t.loggedTable.value}
              placeholder={t.loggedTable.value}
              inputMode={kind === "number" ? "decimal" : undefined}
              value={text}
              onChange={(event) => setText(event.target.value)}
              // biome-ignore lint/a11y/noAutofocus: the window was opened to type into it.
              autoFocus
            />
          ))}
        <Button type="submit" look="primary" disabled={!bare && text.trim() === ""}>
          {t.loggedTable.apply}
        </Button>
      </form>
    </Popover>
  );
}
