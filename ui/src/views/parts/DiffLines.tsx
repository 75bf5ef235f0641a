/** Lines of two texts: what was removed and added, with a few equal ones around; the others unfold. */
import { useMemo, useState } from "react";
import { folded, type LineChange } from "../../series/diff";
import { t } from "../../texts";
import styles from "./diff.module.css";

/** Rows written into the page; thousands more would make it slow. */
const ROWS_AT_ONCE = 1000;

export function DiffLines({ lines, label }: { lines: LineChange[]; label: string }) {
  const rows = useMemo(() => folded(lines), [lines]);
  const [opened, setOpened] = useState<number[]>([]);
  const [most, setMost] = useState(ROWS_AT_ONCE);
  const whole = rows.flatMap((row) =>
    row.kind === "fold" && opened.includes(row.at) ? lines.slice(row.at, row.at + row.lines) : [row],
  );
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
    <div className={styles.diff} role="group" tabIndex={0} aria-label={label}>
      {whole.slice(0, most).map((row) =>
        row.kind === "fold" ? (
          <button
            key={`fold ${row.at}`}
            type="button"
            className={styles.fold}
            onClick={() => setOpened([...opened, row.at])}
          >
            {t.artifactPages.equalLines(row.lines)}
          </button>
        ) : (
          <div key={`${row.kind} ${row.n}`} data-diff={row.kind}>
            <i>{row.n}</i>
            <i>{row.kind === "same" ? " " : t.artifactPages.signs[row.kind]}</i>
            {row.text}
          </div>
        ),
      )}
      {whole.length > most && (
        <button type="button" className={styles.fold} onClick={() => setMost(most + ROWS_AT_ONCE)}>
          {t.artifactPages.moreLines(whole.length - most)}
        </button>
      )}
    </div>
  );
}
