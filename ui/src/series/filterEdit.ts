/** Edits of filter trees: conditions added and taken away at the top, and conditions that pick one group of runs. */
import { type Filter, writeFilter } from "./filter";
import { writeKey, writeText } from "./filterWords";
import { isTagged } from "./tagged";

/** Gives the conditions that must all hold. */
export function conjunctsOf(filter: Filter | null): Filter[] {
  if (filter === null) return [];
  return filter.kind === "and" ? filter.nodes : [filter];
}

export function joinConjuncts(nodes: Filter[]): Filter | null {
  return nodes.length === 0 ? null : nodes.length === 1 ? nodes[0]! : { kind: "and", nodes };
}

const alike = (a: Filter, b: Filter) => writeFilter(a) === writeFilter(b);

/** Says whether a condition is one of those that must all hold. */
export function demands(filter: Filter | null, condition: Filter): boolean {
  return conjunctsOf(filter).some((node) => alike(node, condition));
}

/** Adds a condition, or takes it away. */
export function toggleCondition(filter: Filter | null, condition: Filter): Filter | null {
  const nodes = conjunctsOf(filter);
  const others = nodes.filter((node) => !alike(node, condition));
  return joinConjuncts(others.length < nodes.length ? others : [...nodes, condition]);
}

/** Adds conditions to an expression as it stands. */
export function narrowed(expression: string, conditions: Filter[]): string {
  const more = conditions.map((condition) => writeFilter(condition));
  return [...(expression.trim() ? [`(${expression.trim()})`] : []), ...more].join(" and ");
}

/** Texts that the server compares. */
const MAX_COMPARED = 500;

/**
 * Gives the condition that the runs of a group fulfil: those whose key has this value.
 *
 * @param key as the API takes it: `config.model`.
 * @returns null if no expression says it: a list, a number that isn't finite, a text too long, an odd key.
 */
export function conditionOf(key: string, value: unknown): Filter | null {
  const written = writeKey(key);
  if (written === null) return null;
  if (value === null || value === undefined) return { kind: "not", node: { kind: "exists", key: written } };
  if (typeof value === "string") {
    if ([...value].length > MAX_COMPARED) return null;
    return { kind: "compare", key: written, operator: "=", value: writeText(value) };
  }
  if (typeof value === "boolean") return { kind: "compare", key: written, operator: "=", value: String(value) };
  if (typeof value === "number" && Number.isFinite(value)) {
    return { kind: "compare", key: written, operator: "=", value: String(value) };
  }
  if (isTagged(value) && /^-?\d+$/.test(value.value)) {
    return { kind: "compare", key: written, operator: "=", value: value.value };
  }
  return null;
}
