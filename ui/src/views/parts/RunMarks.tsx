/** What stands for a run: its state, its piece of line, its name. */
import type { RunState } from "../../net/shapes";
import { cutMiddle } from "../../series/names";
import { DASHES, type Look } from "../../state/slots";
import { t } from "../../texts";
import styles from "./marks.module.css";

const TONES: Record<RunState, string> = {
  pending: "muted",
  running: "live",
  finished: "ok",
  failed: "err",
  crashed: "warn",
  interrupted: "muted",
  preempted: "muted",
  killed: "muted",
};

export const tone = (state: RunState): string => TONES[state];

/** A state's glyph: its shape says it, its colour only repeats it. */
export function StateGlyph({ state }: { state: RunState }) {
  const stroke = { fill: "none", stroke: "currentColor", strokeWidth: 1.6, strokeLinecap: "round" as const };
  return (
    <svg width={12} height={12} viewBox="0 0 12 12" aria-hidden="true" style={{ flex: "none" }}>
      {state === "finished" && <path d="m2 6.5 2.7 2.7L10 3.5" strokeLinejoin="round" {...stroke} />}
      {state === "running" && (
        <>
          <circle cx="6" cy="6" r="4.8" {...stroke} strokeWidth={1.3} />
          <circle cx="6" cy="6" r="2.2" fill="currentColor" />
        </>
      )}
      {state === "failed" && <path d="m2.5 2.5 7 7m0-7-7 7" {...stroke} strokeWidth={2} />}
      {state === "crashed" && (
        <path d="M6 1.6 11.2 10.6H.8Zm0 3.6v2.2m0 1.4v.1" strokeLinejoin="round" {...stroke} strokeWidth={1.2} />
      )}
      {state === "pending" && <circle cx="6" cy="6" r="4.5" {...stroke} strokeWidth={1.3} strokeDasharray="2 2.2" />}
      {(state === "killed" || state === "interrupted" || state === "preempted") && (
        <rect x="2.5" y="2.5" width="7" height="7" rx="0.8" fill="currentColor" />
      )}
    </svg>
  );
}

/** Glyph and word. */
export function State({ state, text }: { state: RunState; text?: string }) {
  return (
    <span className={`${styles.state} ${styles[`tone-${TONES[state]}`]}`}>
      <StateGlyph state={state} />
      {text ?? t.states[state]}
    </span>
  );
}

/** Glyph and short word for the run list; nothing for what is finished. */
export function StateNote({ state, brief }: { state: RunState; brief: boolean }) {
  const word = t.stateNotes[state];
  if (!word) return <span className="visually-hidden">{t.states[state]}</span>;
  return (
    <span className={`${styles.state} ${styles[`tone-${TONES[state]}`]}`} title={t.states[state]}>
      <StateGlyph state={state} />
      {brief ? <span className="visually-hidden">{word}</span> : word}
    </span>
  );
}

/** A piece of the run's real line: colour and dash; grey when it isn't drawn. */
export function Swatch({ look }: { look: Look | undefined }) {
  return (
    <svg className={styles.swatch} width={16} height={8} aria-hidden="true">
      <line
        x1={0}
        x2={16}
        y1={4}
        y2={4}
        strokeWidth={look ? 2.5 : 1.5}
        strokeDasharray={look ? swatchDash(look.dash) : undefined}
        style={{ stroke: look ? `var(--run-${look.hue})` : "var(--border-strong)" }}
      />
    </svg>
  );
}

/** Dashes scaled to 16 px, so that a swatch shows at least two periods. */
function swatchDash(dash: number): string | undefined {
  return [undefined, "7 2", "2.2 1.2", "6 1.6 2 1.6"][dash % DASHES.length];
}

/** A run's name, cut in the middle; the whole of it in the title. */
export function RunName({ name, length }: { name: string; length: number }) {
  const cut = cutMiddle(name, length);
  return cut === name ? <span>{name}</span> : <span title={name}>{cut}</span>;
}
