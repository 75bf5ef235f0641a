/** A molecule as the text of its file, and the file itself. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { mediaTextQuery } from "../../net/mediaText";
import { size } from "../../series/format";
import { t } from "../../texts";
import type { MediaProps } from "./kinds";
import styles from "./listing.module.css";
import { Missing, Waiting } from "./Missing";
import { filesOf, type NamedFile } from "./mediaFiles";
import { Pager } from "./Pager";

/** Of the file's beginning. */
const SHOWN_BYTES = 64 * 1024;

export default function Molecule({ value, files }: MediaProps) {
  const molecules = filesOf(value, files);
  const [shown, setShown] = useState(0);
  const index = Math.min(shown, molecules.length - 1);
  const one = molecules[index];
  if (!one?.file) return <Missing />;
  return (
    <div className={styles.whole}>
      <Text file={one.file} />
      <p className={styles.foot}>
        <Pager labels={molecules.map(({ caption }, i) => caption ?? String(i + 1))} shown={index} onChange={setShown} />
        {one.caption && <span>{one.caption}</span>}
        <a href={`${one.file.address}&download=1`} download>
          {one.path.split("/").at(-1)}
        </a>
        <span>{size(one.file.size_bytes)}</span>
      </p>
    </div>
  );
}

function Text({ file }: { file: NonNullable<NamedFile["file"]> }) {
  const most = file.size_bytes > SHOWN_BYTES ? SHOWN_BYTES : null;
  const answer = useQuery(mediaTextQuery(file.address, most));
  if (answer.error) return <Missing>{t.mediaViews.unreadable(answer.error.message)}</Missing>;
  if (answer.data === undefined) return <Waiting />;
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keys.
    <pre className={styles.text} tabIndex={0}>
      {answer.data}
      {most !== null && "\n…"}
    </pre>
  );
}
