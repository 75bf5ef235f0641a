/** Ranges drawn on axes, as conditions of the filter: what is brushed is what is listed. */
import { type Filter, parseFilter, writeFilter } from "./filter";
import { conjunctsOf, joinConjuncts } from "./filterEdit";
import { writeKey, writeText } from "./filterWords";

/** Whether a condition is one that a brush on this key made. */
function isBrush(node: Filter, key: string): boolean {
  if (node.kind === "oneOf") return node.key === key && !node.negated;
  return node.kind === "compare" && node.key === key && (node.operator === ">=" || node.operator === "<=");
}

const short = (value: number): string => String(Number(value.toPrecision(6)));

/**
 * Puts a brush on a key into an expression, in the place of an earlier one.
 *
 * @param brush a range of numbers, texts to keep, or null to take the brush away.
 * @returns null if the expression can't be read, or no condition can name the key.
 */
export function withBrush(expression: string, key: string, brush: [number, number] | string[] | null): string | null {
  const written = writeKey(key);
  if (written === null) return null;
  let filter: Filter | null;
  try {
    filter = parseFilter(expression);
  } catch {
    return null;
  }
  const others = conjunctsOf(filter).filter((node) => !isBrush(node, written));
  const made: Filter[] = [];
  if (brush !== null && brush.length > 0) {
    if (typeof brush[0] === "number") {
      const [from, to] = brush as [number, number];
      made.push({ kind: "compare", key: written, operator: ">=", value: short(from) });
      made.push({ kind: "compare", key: written, operator: "<=", value: short(to) });
    } else {
      made.push({ kind: "oneOf", key: written, values: (brush as string[]).map(writeText), negated: false });
    }
  }
  const joined = joinConjuncts([...others, ...made]);
  return joined ? writeFilter(joined) : "";
}
