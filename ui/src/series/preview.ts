/** What a file's name says about how it can be shown, and readers for the kinds that are more than text. Pure. */
import type { Json } from "./tagged";

export type PreviewKind =
  | "image"
  | "audio"
  | "video"
  | "html"
  | "markdown"
  | "table"
  | "rows"
  | "json"
  | "diff"
  | "code"
  | "text"
  | "unknown";

const KINDS: [PreviewKind, string][] = [
  ["image", "png jpg jpeg gif webp bmp svg"],
  ["audio", "wav mp3 ogg flac"],
  ["video", "mp4 webm"],
  ["html", "html"],
  ["markdown", "md markdown"],
  ["rows", "csv tsv"],
  ["json", "json"],
  ["diff", "patch diff"],
  [
    "code",
    "py pyi ipynb js ts tsx jsx sh bash zsh c cc cpp h hpp cu rs go java kt r jl lua sql toml yaml yml ini cfg conf xml css tex",
  ],
  ["text", "txt log jsonl rst"],
];
const BY_EXTENSION = new Map(KINDS.flatMap(([kind, names]) => names.split(" ").map((name) => [name, kind] as const)));

export function previewKind(path: string): PreviewKind {
  const name = path.slice(path.lastIndexOf("/") + 1).toLowerCase();
  if (name.endsWith(".table.json")) return "table";
  const dot = name.lastIndexOf(".");
  return (dot >= 0 && BY_EXTENSION.get(name.slice(dot + 1))) || "unknown";
}

export interface Grid {
  columns: string[];
  rows: Json[][];
}

/** Reads a logged table: `{"columns": […], "data": [[…]]}`; null for any other JSON. */
export function readTable(text: string): Grid | null {
  try {
    const said = JSON.parse(text);
    if (!Array.isArray(said?.columns) || !Array.isArray(said?.data)) return null;
    return { columns: said.columns.map(String), rows: said.data.filter(Array.isArray) };
  } catch {
    return null;
  }
}

/** Reads comma- or tab-separated values (RFC 4180); the first row names the columns. */
export function readSeparated(text: string, separator: "," | "\t", most: number): Grid {
  const rows: string[][] = [];
  let row: string[] = [];
  let cell = "";
  let quoted = false;
  const end = () => {
    row.push(cell);
    cell = "";
  };
  for (let i = 0; i < text.length && rows.length <= most; i++) {
    const char = text[i]!;
    if (quoted) {
      if (char !== '"') cell += char;
      else if (text[i + 1] === '"') {
        cell += char;
        i++;
      } else quoted = false;
    } else if (char === '"' && cell === "") quoted = true;
    else if (char === separator) end();
    else if (char === "\n") {
      end();
      rows.push(row);
      row = [];
    } else if (char !== "\r") cell += char;
  }
  if (cell !== "" || row.length > 0) {
    end();
    rows.push(row);
  }
  const [columns = [], ...rest] = rows;
  return { columns, rows: rest };
}

/** Lays JSON out with indentation; what can't be read stays as it is. */
export function layOut(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

export type DiffLine = "head" | "place" | "added" | "removed" | "same";

/** Says what a line of a patch is. */
export function diffLine(line: string): DiffLine {
  if (/^(diff |index |--- |\+\+\+ |new file|deleted file|rename |similarity |Binary )/.test(line)) return "head";
  if (line.startsWith("@@")) return "place";
  if (line.startsWith("+")) return "added";
  if (line.startsWith("-")) return "removed";
  return "same";
}

export interface Token {
  text: string;
  kind: "word" | "string" | "figure" | "comment" | null;
}

const WORDS =
  "and|as|assert|async|await|break|case|class|const|continue|def|del|elif|else|except|export|extends|false|False|finally|fn|for|from|func|function|global|if|impl|import|in|is|lambda|let|match|new|None|nonlocal|not|null|or|pass|pub|raise|return|self|static|struct|super|switch|this|throw|true|True|try|type|use|var|while|with|yield";
const TOKENS = new RegExp(
  `(?<comment>(?:#|//).*$)|(?<string>"(?:[^"\\\\]|\\\\.)*"?|'(?:[^'\\\\]|\\\\.)*'?)|(?<figure>\\b\\d[\\w.]*\\b)|(?<word>\\b(?:${WORDS})\\b)`,
  "g",
);

/** Splits a line of code into tokens worth a colour; close enough for most languages, line by line. */
export function tokens(line: string): Token[] {
  const out: Token[] = [];
  let at = 0;
  for (const match of line.matchAll(TOKENS)) {
    if (match.index > at) out.push({ text: line.slice(at, match.index), kind: null });
    const [kind] = Object.entries(match.groups!).find(([, text]) => text !== undefined)! as [Token["kind"], string];
    out.push({ text: match[0], kind });
    at = match.index + match[0].length;
  }
  if (at < line.length) out.push({ text: line.slice(at), kind: null });
  return out;
}
