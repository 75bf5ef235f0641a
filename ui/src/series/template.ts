/**
 * Names of lines as the reader words them: `${run.name}, lr ${config.lr}`. Read into parts and filled in; nothing of it
 * is ever run.
 */

export const RUN_FIELDS = [
  "name",
  "id",
  "state",
  "user",
  "group",
  "job_type",
  "tags",
  "created_at",
  "runtime",
] as const;
export type RunField = (typeof RUN_FIELDS)[number];

export type Field =
  | { of: "run"; key: RunField }
  | { of: "config" | "summary"; key: string }
  | { of: "metric" | "x" | "y"; key: "" };

export interface Template {
  parts: (string | Field)[];
  /** What stands in braces and names nothing. */
  wrong: string[];
}

/** A name has to fit beside a line; a longer template is cut. */
const MOST = 200;

function fieldOf(text: string): Field | null {
  const name = text.trim();
  if (name === "metric" || name === "x" || name === "y") return { of: name, key: "" };
  const dot = name.indexOf(".");
  const [of, key] = [name.slice(0, dot), name.slice(dot + 1)];
  if (dot < 0 || key === "") return null;
  if (of === "config" || of === "summary") return { of, key };
  const field = of === "run" ? RUN_FIELDS.find((one) => one === key) : undefined;
  return field ? { of: "run", key: field } : null;
}

export const writeField = ({ of, key }: Field): string => `\${${key === "" ? of : `${of}.${key}`}}`;

/** Reads a template; what is wrong in it stays in the text as it was written. */
export function readTemplate(text: string): Template {
  const found: Template = { parts: [], wrong: [] };
  const add = (words: string) => {
    if (words) found.parts.push(words);
  };
  let rest = text.slice(0, MOST);
  while (rest) {
    const open = rest.indexOf("${");
    if (open < 0) break;
    const close = rest.indexOf("}", open);
    const whole = rest.slice(open, close < 0 ? undefined : close + 1);
    const field = close < 0 ? null : fieldOf(whole.slice(2, -1));
    add(rest.slice(0, open));
    if (field) found.parts.push(field);
    else {
      add(whole);
      found.wrong.push(whole);
    }
    rest = rest.slice(open + whole.length);
  }
  add(rest);
  return found;
}

/** Gives the columns of runs that a template needs. */
export const columnsOf = ({ parts }: Template): string[] => [
  ...new Set(
    parts.flatMap((part) =>
      typeof part !== "string" && (part.of === "config" || part.of === "summary") ? [`${part.of}.${part.key}`] : [],
    ),
  ),
];

/** Whether it changes with the point that is looked at. */
export const hasPoint = ({ parts }: Template): boolean =>
  parts.some((part) => typeof part !== "string" && (part.of === "x" || part.of === "y"));

export const fillTemplate = ({ parts }: Template, say: (field: Field) => string): string =>
  parts
    .map((part) => (typeof part === "string" ? part : say(part)))
    .join("")
    .trim();
