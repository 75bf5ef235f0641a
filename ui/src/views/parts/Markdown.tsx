/** Markdown as people write it in notes; reader and cleaner come when the first one is shown. */
import { useEffect, useState } from "react";
import styles from "./markdown.module.css";

const FORBIDDEN = ["style", "form", "input", "button", "textarea", "select", "iframe", "object", "embed", "dialog"];
/** A text longer than this is shown as it was typed: laying it out would hold the page. */
const LONGEST = 200_000;

/** Turns Markdown into HTML that can't run, style or send anything. */
async function render(text: string): Promise<string> {
  const [{ marked }, { default: purify }] = await Promise.all([import("marked"), import("dompurify")]);
  const html = await marked.parse(text, { gfm: true, breaks: true });
  const clean = purify.sanitize(html, {
    USE_PROFILES: { html: true },
    FORBID_TAGS: FORBIDDEN,
    FORBID_ATTR: ["style", "class", "id", "name"],
    RETURN_DOM_FRAGMENT: true,
  });
  for (const link of clean.querySelectorAll("a")) {
    link.target = "_blank";
    link.rel = "noreferrer noopener";
  }
  const box = document.createElement("div");
  box.append(clean);
  return box.innerHTML;
}

export function Markdown({ text }: { text: string }) {
  const [html, setHtml] = useState<{ of: string; html: string } | null>(null);
  useEffect(() => {
    if (text.length > LONGEST) return;
    let gone = false;
    render(text).then(
      (made) => !gone && setHtml({ of: text, html: made }),
      () => {},
    );
    return () => {
      gone = true;
    };
  }, [text]);
  // Until it is read, and where it can't be, the text itself.
  if (html?.of !== text) return <div className={styles.typed}>{text}</div>;
  // biome-ignore lint/security/noDangerouslySetInnerHtml: DOMPurify has cleaned it.
  return <div className={styles.markdown} dangerouslySetInnerHTML={{ __html: html.html }} />;
}
