/**
 * Formulas over metrics: `${train/loss} - ${val/loss}`, computed for each run where all of its metrics have values.
 *
 * Grammar: numbers, `${metric}`, `${config:key}`, `${summary:key}`, bare names for metrics without special
 * characters, `+ - * / % ** ( )`, and the functions of `FUNCTIONS`. Nothing else: a formula is a reader's text, so
 * it is parsed, never evaluated as code.
 */

export type Reference = { of: "metric" | "config" | "summary"; key: string };

type Node =
  | { kind: "number"; value: number }
  | { kind: "reference"; at: number }
  | { kind: "unary"; of: Node }
  | { kind: "binary"; operator: string; left: Node; right: Node }
  | { kind: "call"; name: string; of: Node[] };

export interface Formula {
  references: Reference[];
  /** Computes the formula, given a value for each of the references. */
  value(values: ArrayLike<number>): number;
}

const FUNCTIONS: Record<string, (...values: number[]) => number> = {
  abs: Math.abs,
  exp: Math.exp,
  log: Math.log,
  log10: Math.log10,
  log2: Math.log2,
  max: Math.max,
  min: Math.min,
  pow: (base, power) => base ** power,
  round: Math.round,
  sqrt: Math.sqrt,
};

/** Depth at which a formula is no longer one that a person wrote. */
const MAX_DEPTH = 100;
const TOKEN =
  /\s*(?:(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)|\$\{([^}]+)\}|([A-Za-z_][\w./-]*\w|[A-Za-z_])|(\*\*|[-+*/%(),^]))/iy;

export class FormulaError extends Error {
  constructor(
    message: string,
    /** Where in the text. */
    readonly at: number,
  ) {
    super(message);
  }
}

interface Token {
  kind: "number" | "reference" | "name" | "sign" | "end";
  text: string;
  at: number;
}

function tokens(text: string): Token[] {
  const found: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (text.slice(at).trim() === "") break;
    TOKEN.lastIndex = at;
    const match = TOKEN.exec(text);
    if (!match) throw new FormulaError("unexpected", at);
    const [whole, number, reference, name, sign] = match;
    const start = at + whole.length - whole.trimStart().length;
    if (number !== undefined) found.push({ kind: "number", text: number, at: start });
    else if (reference !== undefined) found.push({ kind: "reference", text: reference, at: start });
    else if (name !== undefined) found.push({ kind: "name", text: name, at: start });
    else found.push({ kind: "sign", text: sign === "^" ? "**" : sign!, at: start });
    at = TOKEN.lastIndex;
  }
  found.push({ kind: "end", text: "", at: text.length });
  return found;
}

/**
 * Reads a formula.
 *
 * @throws FormulaError where it is none.
 */
export function readFormula(text: string): Formula {
  const all = tokens(text);
  const references: Reference[] = [];
  let next = 0;
  const is = (...signs: string[]) => all[next]!.kind === "sign" && signs.includes(all[next]!.text);
  const refer = (name: string): Node => {
    const colon = /^(config|summary):(.+)$/.exec(name);
    const wanted: Reference = colon
      ? { of: colon[1] as "config" | "summary", key: colon[2]! }
      : { of: "metric", key: name };
    const known = references.findIndex(({ of, key }) => of === wanted.of && key === wanted.key);
    if (known >= 0) return { kind: "reference", at: known };
    references.push(wanted);
    return { kind: "reference", at: references.length - 1 };
  };
  const atom = (depth: number): Node => {
    const token = all[next]!;
    if (depth > MAX_DEPTH) throw new FormulaError("deep", token.at);
    next++;
    if (token.kind === "number") return { kind: "number", value: Number(token.text) };
    if (token.kind === "reference") return refer(token.text.trim());
    if (token.kind === "name") {
      if (!is("(") || !Object.hasOwn(FUNCTIONS, token.text)) return refer(token.text);
      next++;
      const of = [sum(depth + 1)];
      while (is(",")) {
        next++;
        of.push(sum(depth + 1));
      }
      close();
      return { kind: "call", name: token.text, of };
    }
    if (token.kind === "sign" && token.text === "(") {
      const inner = sum(depth + 1);
      close();
      return inner;
    }
    if (token.kind === "sign" && (token.text === "-" || token.text === "+")) {
      const of = power(depth + 1);
      return token.text === "-" ? { kind: "unary", of } : of;
    }
    throw new FormulaError(token.kind === "end" ? "end" : "unexpected", token.at);
  };
  const close = () => {
    if (!is(")")) throw new FormulaError("bracket", all[next]!.at);
    next++;
  };
  const power = (depth: number): Node => {
    const left = atom(depth);
    if (!is("**")) return left;
    next++;
    return { kind: "binary", operator: "**", left, right: power(depth + 1) };
  };
  const series =
    (signs: string[], inner: (depth: number) => Node) =>
    (depth: number): Node => {
      let left = inner(depth);
      while (is(...signs)) {
        const operator = all[next++]!.text;
        left = { kind: "binary", operator, left, right: inner(depth) };
      }
      return left;
    };
  const product = series(["*", "/", "%"], power);
  const sum: (depth: number) => Node = series(["+", "-"], product);
  const root = sum(0);
  if (all[next]!.kind !== "end") throw new FormulaError("unexpected", all[next]!.at);
  if (!references.some(({ of }) => of === "metric")) throw new FormulaError("metric", 0);
  return { references, value: (values) => compute(root, values) };
}

function compute(node: Node, values: ArrayLike<number>): number {
  switch (node.kind) {
    case "number":
      return node.value;
    case "reference":
      return values[node.at]!;
    case "unary":
      return -compute(node.of, values);
    case "call":
      return FUNCTIONS[node.name]!(...node.of.map((one) => compute(one, values)));
    case "binary": {
      const left = compute(node.left, values);
      const right = compute(node.right, values);
      switch (node.operator) {
        case "+":
          return left + right;
        case "-":
          return left - right;
        case "*":
          return left * right;
        case "/":
          return left / right;
        case "%":
          return left % right;
        default:
          return left ** right;
      }
    }
  }
}

interface Points {
  x: ArrayLike<number>;
  y: ArrayLike<number>;
}

/**
 * Computes a formula over one run's metrics, at each x of the first of them; another metric without a point there
 * gives what lies between its neighbours, and NaN outside of its range.
 *
 * @param points of each metric among the references, in their order; null for one that the run doesn't have.
 * @param constants values of the other references, by their index.
 */
export function overRun(
  formula: Formula,
  points: ReadonlyMap<number, Points | null>,
  constants: ReadonlyMap<number, number>,
): { x: Float64Array; y: Float64Array } | null {
  const metrics = formula.references.flatMap(({ of }, at) => (of === "metric" ? [at] : []));
  if (metrics.some((at) => !points.get(at))) return null;
  const base = points.get(metrics[0]!)!;
  const x = Float64Array.from(base.x);
  const values = formula.references.map((_, at) => constants.get(at) ?? Number.NaN);
  const cursors = metrics.map(() => 0);
  const y = new Float64Array(x.length);
  for (let i = 0; i < x.length; i++) {
    metrics.forEach((at, m) => {
      const of = points.get(at)!;
      let cursor = cursors[m]!;
      while (cursor < of.x.length - 1 && of.x[cursor + 1]! <= x[i]!) cursor++;
      cursors[m] = cursor;
      values[at] = between(of, cursor, x[i]!);
    });
    y[i] = formula.value(values);
  }
  return { x, y };
}

function between({ x, y }: Points, at: number, where: number): number {
  const here = x[at];
  if (here === undefined || where < here) return Number.NaN;
  if (where === here) return y[at]!;
  const next = x[at + 1];
  if (next === undefined) return Number.NaN;
  return y[at]! + ((y[at + 1]! - y[at]!) * (where - here)) / (next - here);
}
