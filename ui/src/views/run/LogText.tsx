/** One line of a log: its ANSI colours, and where a search hits. */
import { memo, type ReactNode } from "react";
import { readAnsi } from "../../series/ansi";

export const LogText = memo(function LogText({ text, hit }: { text: string; hit?: RegExp | null }) {
  return readAnsi(text).map((piece, i) => (
    <span
      // biome-ignore lint/suspicious/noArrayIndexKey: a piece is its position.
      key={i}
      style={
        piece.colour || piece.bold || piece.dim
          ? {
              color: piece.colour ? `var(--ansi-${piece.colour})` : piece.dim ? "var(--faint)" : undefined,
              fontWeight: piece.bold ? 600 : undefined,
            }
          : undefined
      }
    >
      {hit ? marked(piece.text, hit) : piece.text}
    </span>
  ));
});

function marked(text: string, hit: RegExp): ReactNode[] {
  const out: ReactNode[] = [];
  let at = 0;
  for (const match of text.matchAll(hit)) {
    if (match[0] === "") break;
    out.push(text.slice(at, match.index), <mark key={match.index}>{match[0]}</mark>);
    at = match.index + match[0].length;
  }
  out.push(text.slice(at));
  return out;
}

/** Makes the expression that marks hits; null when there is nothing to mark or it isn't one. */
export function hitPattern(q: string, regex: boolean): RegExp | null {
  if (!q) return null;
  try {
    return new RegExp(regex ? q : q.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"), "gi");
  } catch {
    return null;
  }
}
