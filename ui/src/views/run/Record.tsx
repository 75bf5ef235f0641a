/** How complete a run's record is: what arrived, and everything that was lost, late or changed on the way. */
import type { Run } from "../../net/shapes";
import { count } from "../../series/format";
import { asNumber } from "../../series/tagged";
import { recordText } from "../../texts/ofRun";
import parts from "../parts/parts.module.css";
import styles from "./run.module.css";

/** Counters shown although zero: their being zero is the message. */
const ALWAYS = ["rows", "values"];
/** Counters that say nothing of a loss. */
const PLAIN = [...ALWAYS, "inherited_rows"];
/** A step, which the page says beside the parent's name. */
const SAID_ELSEWHERE = "inherited_to";
const BAD = new Set([
  "rejected",
  "rejected_values",
  "non_finite",
  "dropped",
  "lost_rows",
  "lost_artifacts",
  "files_left_out",
]);

export function Record({ run }: { run: Run }) {
  const counters = Object.entries(run.record)
    .map(([name, value]) => [name, asNumber(value)] as const)
    .filter((pair): pair is readonly [string, number] => pair[0] !== SAID_ELSEWHERE && pair[1] !== null);
  const shown = counters
    .filter(([name, n]) => n > 0 || ALWAYS.includes(name))
    .sort(([a], [b]) => Number(ALWAYS.includes(b)) - Number(ALWAYS.includes(a)));
  const rows = counters.find(([name]) => name === "rows")?.[1] ?? 0;
  const clean = shown.every(([name]) => PLAIN.includes(name));
  return (
    <section className={parts.card} aria-labelledby="record-title">
      <div className={styles.cardHead}>
        <h2 id="record-title">{recordText.title}</h2>
        <small>{recordText.rows(count(rows))}</small>
      </div>
      <dl className={styles.env}>
        {shown.map(([name, n]) => (
          <div key={name}>
            <dt>{recordText.names[name] ?? name.replaceAll("_", " ")}</dt>
            <dd>
              <span style={{ color: BAD.has(name) ? "var(--err)" : undefined }}>{count(n)}</span>{" "}
              <span style={{ color: "var(--muted)" }}>{recordText.notes[name]}</span>
            </dd>
          </div>
        ))}
      </dl>
      {clean && (
        <p className={styles.none} style={{ borderTop: "1px solid var(--border)" }}>
          {rows > 0 ? recordText.clean : recordText.empty}
        </p>
      )}
    </section>
  );
}
