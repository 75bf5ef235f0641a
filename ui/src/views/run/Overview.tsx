/** What a run was given, what came out, where it ran, and how complete its record is. */
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo, useState } from "react";
import { metricsQuery } from "../../net/metrics";
import type { Place } from "../../net/projects";
import type { Run } from "../../net/shapes";
import { EXTREMES, type Extreme } from "../../series/extremes";
import { count } from "../../series/format";
import { flatten, type Json } from "../../series/tagged";
import { t } from "../../texts";
import { CopyButton, SearchInput } from "../parts/Controls";
import parts from "../parts/parts.module.css";
import { Alerts } from "./Alerts";
import { ArtifactsCard } from "./Artifacts";
import { Differences, differing, type Room } from "./Differences";
import { Descent, Environment } from "./Environment";
import { Extremes } from "./Extremes";
import { Failure } from "./Failure";
import { Notes } from "./Notes";
import { Record } from "./Record";
import styles from "./run.module.css";
import { useBaseline } from "./useBaseline";
import { search, ValueTree } from "./ValueTree";
import tables from "./values.module.css";

export function Overview({ place, run }: { place: Place; run: Run }) {
  const baseline = useBaseline(place, run);
  const metrics = useQuery(metricsQuery(place, "history", run.id)).data?.metrics;
  const goals = useMemo(
    () => new Map(metrics?.flatMap(({ key, goal }) => (goal ? [[key, goal] as const] : []))),
    [metrics],
  );
  return (
    <div className={styles.overview}>
      <Failure place={place} run={run} />
      <Alerts place={place} run={run} />
      <Values {...{ place, run, baseline, goals }} values={own(run.config)} texts={t.run.ofConfig} room="config" />
      <Values {...{ place, run, baseline, goals }} values={own(run.summary)} texts={t.run.ofSummary} room="summary" />
      <div className={styles.column}>
        <Descent place={place} run={run} />
        <Environment place={place} run={run} />
        <ArtifactsCard place={place} run={run} />
        <Record run={run} />
        <Notes place={place} run={run} />
      </div>
    </div>
  );
}

/** What the script gave, without the clients' own keys. */
function own(values: { [key: string]: Json }): { [key: string]: Json } {
  return Object.fromEntries(Object.entries(values).filter(([key]) => !key.startsWith("_")));
}

function Values({
  place,
  run,
  baseline,
  goals,
  values,
  texts,
  room,
}: {
  place: Place;
  run: Run;
  baseline: Run | null;
  goals: Map<string, string>;
  values: { [key: string]: Json };
  texts: { title: string; search: string; key: string; none: string };
  room: Room;
}) {
  const [find, setFind] = useState("");
  const [differs, setDiffers] = useState(room === "config");
  const [which, setWhich] = useState<Extreme>("last");
  const keys = useMemo(() => (baseline ? differing(run, baseline, room) : []), [run, baseline, room]);
  const all = flatten(values).length;
  const found = search(values, find);
  const shown = find ? flatten(found).length : all;
  const id = `${room}-title`;
  const isDiffering = baseline !== null && differs && which === "last";
  return (
    <section className={parts.card} aria-labelledby={id}>
      <div className={styles.cardHead}>
        <h2 id={id}>{texts.title}</h2>
        <small>{find && !isDiffering ? t.run.keysOf(shown, all) : t.run.keys(all)}</small>
        {all > 0 && <CopyButton look="quiet" label={t.run.copyJson} text={JSON.stringify(values, null, 2)} />}
      </div>
      {all === 0 && keys.length === 0 ? (
        <p className={styles.none}>{texts.none}</p>
      ) : (
        <>
          <div className={tables.choices}>
            <SearchInput label={texts.search} value={find} onChange={(event) => setFind(event.target.value)} />
            {room === "summary" && (
              <Segmented
                label={t.run.shown}
                chosen={which}
                choices={EXTREMES.map((one) => [one, t.run.extremes[one]] as const)}
                onChoose={setWhich}
              />
            )}
            {baseline && which === "last" && (
              <Segmented
                label={t.run.against(baseline.name)}
                chosen={differs ? "differs" : "all"}
                choices={[
                  ["all", t.run.all],
                  [
                    "differs",
                    <>
                      {t.run.differs} <small>{count(keys.length)}</small>
                    </>,
                  ],
                ]}
                onChoose={(one) => setDiffers(one === "differs")}
              />
            )}
          </div>
          {which !== "last" ? (
            <Extremes {...{ place, run, baseline, which, goals, find }} />
          ) : isDiffering ? (
            <Differences keys={keys} room={room} goals={goals} find={find} />
          ) : (
            <div className={styles.pairs}>
              <div className={styles.pairHead}>
                <span>{texts.key}</span>
                <span>{t.run.value}</span>
              </div>
              {shown === 0 && <p className={styles.none}>{t.run.noMatch}</p>}
              <ValueTree place={place} run={run.id} values={found} typed={room === "config"} open={find !== ""} />
            </div>
          )}
        </>
      )}
    </section>
  );
}

function Segmented<Choice extends string>({
  label,
  chosen,
  choices,
  onChoose,
}: {
  label: string;
  chosen: Choice;
  choices: readonly (readonly [Choice, ReactNode])[];
  onChoose: (choice: Choice) => void;
}) {
  return (
    <span className={parts.segmented} role="group" aria-label={label} title={label}>
      {choices.map(([choice, text]) => (
        <button key={choice} type="button" aria-pressed={choice === chosen} onClick={() => onChoose(choice)}>
          {text}
        </button>
      ))}
    </span>
  );
}
