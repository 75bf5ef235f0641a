/** The words of a filter expression, each with its place: for colouring, for parsing, for completing. */

export type WordKind = "key" | "word" | "text" | "number" | "ago" | "sign";

export interface Word {
  kind: WordKind;
  /** As it is written. */
  text: string;
  /** Where it begins, in UTF-16 units. */
  at: number;
}

/** What stops the reading: a text or key that isn't closed, or a character that begins nothing. */
export interface BadWord {
  at: number;
  trouble: "quote" | "backtick" | "character";
}

export const KEYWORDS: ReadonlySet<string> = new Set(["and", "or", "not", "in", "exists", "true", "false", "null"]);
const LITERALS: ReadonlySet<string> = new Set(["true", "false", "null"]);

/** What the server takes for a letter or figure of a key. */
const W = "\\p{L}\\p{N}_";
const WORD = new RegExp(
  [
    "(\\s+)",
    `("(?:[^"\\\\]|\\\\.)*"|'(?:[^'\\\\]|\\\\.)*')`,
    `([+-]?(?:\\d+(?:\\.\\d*)?|\\.\\d+)(?:[eE][+-]?\\d+)?)([smhdw])?(?![${W}.])`,
    `((?:[\\p{L}\\p{Nl}\\p{No}_][${W}/\\-]*|\`[^\`]+\`)(?:\\.(?:[${W}/\\-]+|\`[^\`]+\`))*)`,
    "(==|!=|<=|>=|!~|[=<>~()[\\],])",
  ].join("|"),
  "suy",
);

/** Splits an expression into words, up to the first that can't be read. */
export function wordsOf(expression: string): { words: Word[]; bad: BadWord | null } {
  const words: Word[] = [];
  let at = 0;
  while (at < expression.length) {
    WORD.lastIndex = at;
    const match = WORD.exec(expression);
    if (!match) {
      const first = expression[at]!;
      return { words, bad: { at, trouble: /["']/.test(first) ? "quote" : first === "`" ? "backtick" : "character" } };
    }
    const [text, space, quoted, number, unit, key] = match;
    if (!space) {
      const kind: WordKind = quoted
        ? "text"
        : number
          ? unit
            ? "ago"
            : "number"
          : key
            ? KEYWORDS.has(key.toLowerCase())
              ? "word"
              : "key"
            : "sign";
      words.push({ kind, text, at });
    }
    at += text.length;
  }
  return { words, bad: null };
}

export type TokenKind = "key" | "operator" | "value" | "text";

/** A coloured piece. */
export interface Token {
  kind: TokenKind;
  text: string;
}

function colourOf({ kind, text }: Word): TokenKind {
  if (kind === "key") return "key";
  if (kind === "word") return LITERALS.has(text.toLowerCase()) ? "value" : "operator";
  if (kind === "sign") return /^[()[\],]$/.test(text) ? "text" : "operator";
  return "value";
}

/** Splits an expression into coloured pieces; joined, they are the expression again. */
export function tokens(expression: string): Token[] {
  const { words, bad } = wordsOf(expression);
  const out: Token[] = [];
  let at = 0;
  const plain = (to: number, kind: TokenKind = "text") => {
    if (to > at) out.push({ kind, text: expression.slice(at, to) });
    at = Math.max(at, to);
  };
  for (const word of words) {
    plain(word.at);
    out.push({ kind: colourOf(word), text: word.text });
    at = word.at + word.text.length;
  }
  if (bad) {
    plain(bad.at);
    plain(expression.length, bad.trouble === "quote" ? "value" : bad.trouble === "backtick" ? "key" : "text");
  }
  plain(expression.length);
  return out;
}

const PLAIN_KEY = new RegExp(`^[\\p{L}\\p{Nl}\\p{No}_][${W}/\\-]*(?:\\.[${W}/\\-]+)*$`, "u");
const PLAIN_REST = new RegExp(`^[${W}/\\-]+(?:\\.[${W}/\\-]+)*$`, "u");

/**
 * Writes an API key (`config.my key`) as an expression names it (``config.`my key` ``).
 *
 * @returns null for a key that no expression can name: one with a backtick in it.
 */
export function writeKey(key: string): string | null {
  const room = /^(config|summary)\.(?=.)/s.exec(key)?.[0] ?? "";
  const rest = key.slice(room.length);
  if (key.includes("`") || rest === "") return null;
  if (room ? PLAIN_REST.test(rest) : PLAIN_KEY.test(rest) && !KEYWORDS.has(rest.toLowerCase())) return key;
  return `${room}\`${rest}\``;
}

/** Gives the API key that an expression names. */
export function readKey(written: string): string {
  return written.replaceAll("`", "");
}

const ESCAPED: Record<string, string> = { n: "\n", t: "\t", r: "\r" };

/** Gives what a quoted text says. */
export function readText(quoted: string): string {
  return quoted
    .slice(1, -1)
    .replace(/\\(.)/gsu, (whole, letter: string) => (/["'\\]/.test(letter) ? letter : (ESCAPED[letter] ?? whole)));
}

/** Quotes a text; backslashes of a pattern (`\d`) stay as they are where nothing else could be meant. */
export function writeText(text: string): string {
  const escaped = text.replace(/[\n\t\r]|"|\\(?=["'\\ntr\n\t\r]|$)/g, (found) => {
    const letter = Object.keys(ESCAPED).find((one) => ESCAPED[one] === found);
    return letter ? `\\${letter}` : `\\${found}`;
  });
  return `"${escaped}"`;
}
