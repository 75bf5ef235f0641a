/** What may be written next in a filter expression, at the place where the caret stands. */
import { type Expected, tryFilter } from "./filter";
import { readKey, wordsOf } from "./filterWords";

export interface Completion {
  /** What the choice replaces: from where to where, in UTF-16 units. */
  from: number;
  to: number;
  /** What is written there already, without quotes. */
  begun: string;
  expects: "key" | "operator" | "value" | "join";
  /** The API key that an operator or value is for. */
  key?: string;
  /** The value stands in a list. */
  inList?: boolean;
}

const EXPECTS: Partial<Record<Expected, Completion["expects"]>> = {
  key: "key",
  inKey: "key",
  operator: "operator",
  in: "operator",
  value: "value",
  pattern: "value",
  end: "join",
};

/** Says what could be written at the caret; null where nothing sensible can be offered. */
export function completionAt(expression: string, caret: number): Completion | null {
  const before = expression.slice(0, caret);
  const { words, bad } = wordsOf(before);
  const last = words.at(-1);
  let from = caret;
  if (bad) {
    if (bad.trouble === "character") return null;
    from = bad.at;
  } else if (last && last.kind !== "sign" && last.at + last.text.length === caret) {
    from = last.at;
  }
  const head = before.slice(0, from);
  const { filter, trouble } = tryFilter(head);
  const begun = before.slice(from).replace(/^["'`]|["'`]$/g, "");
  if (!trouble) return { from, to: caret, begun, expects: filter === null ? "key" : "join" };
  // Trouble in what stands before: the line says so, and offers nothing on top.
  if (trouble.at < head.trimEnd().length) return null;
  if (trouble.expected === "listEnd" || trouble.expected === "list" || trouble.expected === "close") return null;
  const expects = EXPECTS[trouble.expected];
  if (!expects) return null;
  const inList = /[[,]\s*$/.test(head);
  const about = expects === "operator" || expects === "value" ? trouble.key : undefined;
  return { from, to: caret, begun, expects, inList, key: about && readKey(about) };
}
