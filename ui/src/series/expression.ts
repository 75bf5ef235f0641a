/** Colours a filter expression while it is typed; the server alone decides what it means. */

export type TokenKind = "key" | "operator" | "value" | "text";

export interface Token {
  kind: TokenKind;
  text: string;
}

const TOKEN =
  /(\s+)|("(?:[^"\\]|\\.)*"?)|(`[^`]*`?)|(<=|>=|!=|!~|[=<>~])|([()[\],])|(-?\d[\w.+-]*)|([\p{L}_][^\s=<>!~()[\],"`]*)/gu;
const WORDS = new Set(["and", "or", "not", "in", "exists"]);
const LITERALS = new Set(["true", "false", "null"]);

/** Splits an expression into coloured tokens; joined, they are the expression again. */
export function tokens(expression: string): Token[] {
  const out: Token[] = [];
  let at = 0;
  for (const match of expression.matchAll(TOKEN)) {
    if (match.index > at) out.push({ kind: "text", text: expression.slice(at, match.index) });
    at = match.index + match[0].length;
    const [text, space, string, quoted, operator, bracket, number, word] = match;
    const kind: TokenKind =
      space || bracket
        ? "text"
        : string || number
          ? "value"
          : operator
            ? "operator"
            : quoted
              ? "key"
              : WORDS.has(word!)
                ? "operator"
                : LITERALS.has(word!)
                  ? "value"
                  : "key";
    out.push({ kind, text });
  }
  if (at < expression.length) out.push({ kind: "text", text: expression.slice(at) });
  return out;
}
