/** A few lines of code to copy, coloured where they are Python. */
import { Fragment } from "react";
import { CopyButton } from "../parts/Controls";
import styles from "./home.module.css";

const WORDS = /("[^"]*")|\b(import|for|in|export)\b|\b(\d[\de.-]*)\b/g;

export function Code({ text, python = false }: { text: string; python?: boolean }) {
  return (
    <div className={styles.code}>
      {python ? <Coloured text={text} /> : <code>{text}</code>}
      <CopyButton text={text} />
    </div>
  );
}

function Coloured({ text }: { text: string }) {
  const parts: React.ReactNode[] = [];
  let at = 0;
  for (const match of text.matchAll(WORDS)) {
    parts.push(text.slice(at, match.index));
    at = match.index + match[0].length;
    const kind = match[1] ? styles.string : match[2] ? styles.word : styles.figure;
    parts.push(
      <span className={kind} key={match.index}>
        {match[0]}
      </span>,
    );
  }
  parts.push(text.slice(at));
  return (
    <code>
      {parts.map((part, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a part is its position.
        <Fragment key={i}>{part}</Fragment>
      ))}
    </code>
  );
}
