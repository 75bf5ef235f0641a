/** What a run was given, what came out, where it ran, and how complete its record is. */
import { useState } from "react";
import type { Place } from "../../net/projects";
import type { Run } from "../../net/shapes";
import { flatten, type Json } from "../../series/tagged";
import { t } from "../../texts";
import { CopyButton, SearchInput } from "../parts/Controls";
import parts from "../parts/parts.module.css";
import { Alerts } from "./Alerts";
import { ArtifactsCard } from "./Artifacts";
import { Descent, Environment } from "./Environment";
import { Failure } from "./Failure";
import { Notes } from "./Notes";
import { Record } from "./Record";
import styles from "./run.module.css";
import { search, ValueTree } from "./ValueTree";

export function Overview({ place, run }: { place: Place; run: Run }) {
  return (
    <div className={styles.overview}>
      <Failure place={place} run={run} />
      <Alerts place={place} run={run} />
      <Values place={place} run={run} values={own(run.config)} texts={t.run.ofConfig} typed />
      <Values place={place} run={run} values={own(run.summary)} texts={t.run.ofSummary} />
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
  values,
  texts,
  typed,
}: {
  place: Place;
  run: Run;
  values: { [key: string]: Json };
  texts: { title: string; search: string; key: string; none: string };
  typed?: boolean;
}) {
  const [find, setFind] = useState("");
  const all = flatten(values).length;
  const found = search(values, find);
  const shown = find ? flatten(found).length : all;
  const id = `${typed ? "config" : "summary"}-title`;
  return (
    <section className={parts.card} aria-labelledby={id}>
      <div className={styles.cardHead}>
        <h2 id={id}>{texts.title}</h2>
        <small>{find ? t.run.keysOf(shown, all) : t.run.keys(all)}</small>
        {all > 0 && <CopyButton look="quiet" label={t.run.copyJson} text={JSON.stringify(values, null, 2)} />}
      </div>
      {all === 0 ? (
        <p className={styles.none}>{texts.none}</p>
      ) : (
        <>
          <div className={styles.cardSearch}>
            <SearchInput label={texts.search} value={find} onChange={(event) => setFind(event.target.value)} />
          </div>
          <div className={styles.pairs}>
            <div className={styles.pairHead}>
              <span>{texts.key}</span>
              <span>{t.run.value}</span>
            </div>
            {shown === 0 && <p className={styles.none}>{t.run.noMatch}</p>}
            <ValueTree place={place} run={run.id} values={found} typed={typed} open={find !== ""} />
          </div>
        </>
      )}
    </section>
  );
}
