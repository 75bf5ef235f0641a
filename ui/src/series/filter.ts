/**
 * Filter expressions as a tree: what the query line writes and the filter builder shows. The grammar is that of
 * docs/api.md; the server alone decides what an expression means.
 *
 *     or    = and { "or" and }
 *     and   = unary { "and" unary }
 *     unary = "not" unary | "(" or ")" | "exists" KEY | KEY sign VALUE | KEY ["not"] "in" "[" VALUES "]"
 *           | VALUE ["not"] "in" KEY
 */
import { readText, type Word, wordsOf, writeText } from "./filterWords";

/** A value as it is written, quotes and all: `1e-3`, `"resnet"`, `-30d`, `true`. */
export type Written = string;

export const COMPARISONS = ["=", "!=", "<", "<=", ">", ">="] as const;
export type Comparison = (typeof COMPARISONS)[number];

/** Keys are as they are written, backticks and all. */
export type Filter =
  | { kind: "and" | "or"; nodes: Filter[] }
  | { kind: "not"; node: Filter }
  | { kind: "compare"; key: string; operator: Comparison; value: Written }
  | { kind: "match"; key: string; pattern: Written; negated: boolean }
  | { kind: "oneOf"; key: string; values: Written[]; negated: boolean }
  | { kind: "contains"; key: string; value: Written; negated: boolean }
  | { kind: "exists"; key: string };

/** What should have stood where an expression can't be read on. */
export type Expected =
  | "key"
  | "operator"
  | "value"
  | "pattern"
  | "list"
  | "listEnd"
  | "in"
  | "inKey"
  | "close"
  | "end"
  | "quote"
  | "backtick"
  | "character"
  | "depth";

export interface FilterTrouble {
  /** Where, in UTF-16 units. */
  at: number;
  /** How long what stands there is; 0 at the end. */
  length: number;
  expected: Expected;
  /** The key that a value or operator was expected for. */
  key?: string;
}

export class FilterError extends Error {
  constructor(readonly trouble: FilterTrouble) {
    super(trouble.expected);
  }
}

/** As deep as the server goes. */
const MAX_DEPTH = 32;

/**
 * Reads an expression.
 *
 * @returns null for a blank one.
 * @throws FilterError where it can't be read.
 */
export function parseFilter(expression: string): Filter | null {
  const { words, bad } = wordsOf(expression);
  if (words.length === 0 && !bad) return null;
  const reader = new Reader(words, bad?.at ?? expression.length);
  try {
    const filter = reader.either(0);
    reader.demandEnd();
    return filter;
  } catch (error) {
    // What stands behind the last word that could be read is the trouble if the words before it were in order.
    if (bad && error instanceof FilterError && error.trouble.at >= bad.at) {
      throw new FilterError({ ...error.trouble, length: expression.length - bad.at, expected: bad.trouble });
    }
    throw error;
  }
}

/** Reads an expression, or says where it can't be read. */
export function tryFilter(expression: string): { filter: Filter | null; trouble: FilterTrouble | null } {
  try {
    return { filter: parseFilter(expression), trouble: null };
  } catch (error) {
    if (error instanceof FilterError) return { filter: null, trouble: error.trouble };
    throw error;
  }
}

class Reader {
  private next = 0;
  private key: string | undefined;

  constructor(
    private readonly words: Word[],
    private readonly end: number,
  ) {}

  either(depth: number): Filter {
    const nodes = [this.all(depth)];
    while (this.takes("word", "or")) nodes.push(this.all(depth));
    return nodes.length === 1 ? nodes[0]! : { kind: "or", nodes };
  }

  demandEnd(): void {
    if (this.next < this.words.length) throw this.error("end");
  }

  private all(depth: number): Filter {
    const nodes = [this.unary(depth)];
    while (this.takes("word", "and")) nodes.push(this.unary(depth));
    return nodes.length === 1 ? nodes[0]! : { kind: "and", nodes };
  }

  private unary(depth: number): Filter {
    if (depth > MAX_DEPTH) throw this.error("depth");
    if (this.takes("word", "not")) return { kind: "not", node: this.unary(depth + 1) };
    if (this.takes("sign", "(")) {
      const inner = this.either(depth + 1);
      if (!this.takes("sign", ")")) throw this.error("close");
      return inner;
    }
    if (this.takes("word", "exists")) return { kind: "exists", key: this.named("key") };
    const word = this.peek();
    if (word?.kind === "key") return this.about(this.named("key"));
    if (!word || !this.isValue(word) || this.is(word, "word", "null")) throw this.error("key");
    const value = this.value();
    const negated = this.takes("word", "not");
    if (!this.takes("word", "in")) throw this.error("in");
    return { kind: "contains", key: this.named("inKey"), value, negated };
  }

  private about(key: string): Filter {
    this.key = key;
    if (this.takes("word", "in")) return { kind: "oneOf", key, values: this.list(), negated: false };
    if (this.takes("word", "not")) {
      if (!this.takes("word", "in")) throw this.error("in");
      return { kind: "oneOf", key, values: this.list(), negated: true };
    }
    const word = this.peek();
    const sign = word?.kind === "sign" ? (word.text === "==" ? "=" : word.text) : "";
    if (sign === "~" || sign === "!~") {
      this.next++;
      const pattern = this.peek();
      if (pattern?.kind !== "text") throw this.error("pattern");
      this.next++;
      return { kind: "match", key, pattern: writeText(readText(pattern.text)), negated: sign === "!~" };
    }
    const operator = COMPARISONS.find((one) => one === sign);
    if (!operator) throw this.error("operator");
    this.next++;
    return { kind: "compare", key, operator, value: this.value() };
  }

  private list(): Written[] {
    if (!this.takes("sign", "[")) throw this.error("list");
    const values: Written[] = [];
    while (!this.takes("sign", "]")) {
      if (values.length > 0 && !this.takes("sign", ",")) throw this.error("listEnd");
      values.push(this.value());
    }
    return values;
  }

  private named(expected: "key" | "inKey"): string {
    const word = this.peek();
    if (word?.kind !== "key") throw this.error(expected);
    this.next++;
    return word.text;
  }

  private value(): Written {
    const word = this.peek();
    if (!word || !this.isValue(word)) throw this.error("value");
    this.next++;
    if (word.kind === "text") return writeText(readText(word.text));
    return word.kind === "word" ? word.text.toLowerCase() : word.text;
  }

  private isValue(word: Word): boolean {
    if (word.kind === "word") return /^(true|false|null)$/i.test(word.text);
    return word.kind === "text" || word.kind === "number" || word.kind === "ago";
  }

  private peek(): Word | undefined {
    return this.words[this.next];
  }

  private is(word: Word, kind: Word["kind"], text: string): boolean {
    return word.kind === kind && word.text.toLowerCase() === text;
  }

  private takes(kind: Word["kind"], text: string): boolean {
    const word = this.peek();
    if (!word || !this.is(word, kind, text)) return false;
    this.next++;
    return true;
  }

  private error(expected: Expected): FilterError {
    const word = this.peek();
    return new FilterError({ at: word?.at ?? this.end, length: word?.text.length ?? 0, expected, key: this.key });
  }
}

/** Writes a tree as an expression; read again, it is the same tree. */
export function writeFilter(filter: Filter | null): string {
  return filter === null ? "" : write(filter);
}

function write(filter: Filter): string {
  switch (filter.kind) {
    case "or":
    case "and":
      return filter.nodes.map((node) => (isJoined(node) ? `(${write(node)})` : write(node))).join(` ${filter.kind} `);
    case "not":
      return isJoined(filter.node) ? `not (${write(filter.node)})` : `not ${write(filter.node)}`;
    case "compare":
      return `${filter.key} ${filter.operator} ${filter.value}`;
    case "match":
      return `${filter.key} ${filter.negated ? "!~" : "~"} ${filter.pattern}`;
    case "oneOf":
      return `${filter.key} ${filter.negated ? "not in" : "in"} [${filter.values.join(", ")}]`;
    case "contains":
      return `${filter.value} ${filter.negated ? "not in" : "in"} ${filter.key}`;
    case "exists":
      return `exists ${filter.key}`;
  }
}

function isJoined(filter: Filter): boolean {
  return filter.kind === "and" || filter.kind === "or";
}
