/** The first page of an empty server or project: the next command, and a line that turns live. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { useLocation } from "wouter";
import { serverQuery } from "../../net/account";
import { listen } from "../../net/live";
import type { Place } from "../../net/projects";
import { lineStore } from "../../state/live";
import { t } from "../../texts";
import { runAt } from "../addresses";
import { CopyButton } from "../parts/Controls";
import { useClock, useTitle } from "../parts/hooks";
import parts from "../parts/parts.module.css";
import { StateGlyph } from "../parts/RunMarks";
import { Code } from "./Code";
import styles from "./home.module.css";

const TABS = ["python", "wandb", "shell"] as const;
type Tab = (typeof TABS)[number];
/** How long "… is live" is seen before the run opens. */
const ARRIVED_MS = 900;

function snippet(tab: Tab, project: string, address: string): string {
  if (tab === "wandb") {
    return `export WANDB_BASE_URL=${address}\nexport WANDB_API_KEY=…\npython train.py`;
  }
  if (tab === "shell") {
    return `pip install runwell\nrunwell login ${address}\npython train.py`;
  }
  return [
    "import runwell",
    `run = runwell.init(project=${JSON.stringify(project)}, config={"lr": 3e-4},`,
    `                   settings=runwell.Settings(base_url="${address}"))`,
    "for step in range(100):",
    '    run.log({"train/loss": 1 / (step + 1)})',
    "run.finish()",
  ].join("\n");
}

/** The first run, once somebody knows of it. */
export interface Arrived {
  place: Place;
  run: string;
  name: string;
}

/**
 * Waits for the first run and opens it.
 *
 * @param found the first run as the page's own questions see it; usually the live notice is quicker.
 */
export function Start({ place, found }: { place?: Place; found?: Arrived }) {
  useTitle(place?.project ?? t.home.title);
  const [, navigate] = useLocation();
  const server = useQuery(serverQuery).data;
  const [tab, setTab] = useState<Tab>("python");
  const [since] = useState(() => Date.now() / 1000);
  const [told, setTold] = useState<Arrived | null>(null);
  const arrived = told ?? found ?? null;
  const opens = arrived && runAt(arrived.place, arrived.run, "charts");
  const now = useClock(1000);
  const address = server?.base_url ?? window.location.origin;
  const project = place?.project ?? "my-project";

  useEffect(
    () =>
      listen((notice) => {
        if (notice.event !== "run" || !notice.run || !notice.entity || !notice.project) return;
        if (place && (notice.entity !== place.entity || notice.project !== place.project)) return;
        const { entity, project, run } = notice;
        setTold((before) => before ?? { place: { entity, project }, run, name: run });
      }),
    [place],
  );
  useEffect(() => {
    if (!opens) return;
    const timer = setTimeout(() => navigate(opens), ARRIVED_MS);
    return () => clearTimeout(timer);
  }, [opens, navigate]);

  const seconds = Math.max(Math.floor(now - since), 0);
  const listening = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
  const [before, command, after] = t.start.loginHint(address);
  return (
    <div className={styles.start}>
      <div>
        <h1>{place ? t.start.titleProject(place.project) : t.start.titleHome}</h1>
        <p className={styles.lead}>{t.start.text}</p>
        <div className={styles.steps}>
          <Step number={1} title={t.start.install}>
            <Code text="pip install runwell" />
          </Step>
          <Step
            number={2}
            title={t.start.log}
            aside={
              <span className={parts.segmented} role="tablist" aria-label={t.start.log}>
                {TABS.map((one) => (
                  <button key={one} type="button" role="tab" aria-selected={one === tab} onClick={() => setTab(one)}>
                    {t.start.tabs[one]}
                  </button>
                ))}
              </span>
            }
          >
            <Code text={snippet(tab, project, address)} python={tab === "python"} />
            <p className={styles.hint}>
              {tab === "wandb" ? (
                t.start.wandbHint
              ) : (
                <>
                  {before}
                  <code>{command}</code>
                  {after}
                </>
              )}
            </p>
          </Step>
          <Step number={3} title={t.start.watch}>
            <div className={styles.watch} role="status">
              <div className={styles.waiting} data-live={arrived !== null}>
                <StateGlyph state={arrived ? "running" : "pending"} />
                {arrived ? t.start.arrived(arrived.name) : t.start.waiting}
                <time>{t.start.listening(listening)}</time>
              </div>
              <Seen done={lineStore.getState().connected !== false} what={t.start.reachable} how={address} />
              {server?.user && <Seen done what={t.start.keyFor(server.user)} how={t.start.keyMore} />}
              <Seen done={arrived !== null} what={t.start.first} how={arrived ? arrived.name : t.start.firstNone} />
            </div>
          </Step>
        </div>
      </div>
      <div className={styles.side}>
        <h2>{t.start.moreTitle}</h2>
        <p className={styles.lead}>{t.start.moreText}</p>
        <Command label={t.start.moreLabel} text="runwell sync runwell/offline-run-*" />
        <h2>{t.start.demoTitle}</h2>
        <p className={styles.lead}>{t.start.demoText}</p>
        <Command label={t.start.demoLabel} text="make demo" />
      </div>
    </div>
  );
}

function Step({
  number,
  title,
  aside,
  children,
}: {
  number: number;
  title: string;
  aside?: React.ReactNode;
  children: React.ReactNode;
}) {
  return (
    <section className={styles.step}>
      <span aria-hidden="true">{number}</span>
      <div className={styles.stepHead}>
        <h2>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

function Command({ label, text }: { label: string; text: string }) {
  return (
    <div className={styles.command}>
      <div>
        <small>{label}</small>
        <code>{text}</code>
      </div>
      <CopyButton text={text} />
    </div>
  );
}

function Seen({ done, what, how }: { done: boolean; what: string; how: string }) {
  return (
    <div className={styles.check}>
      <span style={{ color: done ? "var(--ok)" : "var(--muted)", display: "inline-flex" }}>
        <StateGlyph state={done ? "finished" : "pending"} />
      </span>
      <span>{what}</span>
      <span>{how}</span>
    </div>
  );
}
