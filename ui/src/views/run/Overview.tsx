/** What a run was given, what came out, where it ran, and how complete its record is. */
import { useState } from "react";
import type { Place } from "../../net/projects";
import type { Run } from "../../net/shapes";
import { count, exact, figure, plain, size } from "../../series/format";
import { byName } from "../../series/names";
import { asNumber, flatten, type Json } from "../../series/tagged";
import { t } from "../../texts";
import { CopyButton, SearchInput } from "../parts/Controls";
import { Icon } from "../parts/Icon";
import { Failure } from "./Failure";
import { Notes } from "./Notes";
import styles from "./run.module.css";

export function Overview({ place, run }: { place: Place; run: Run }) {
  return (
    <div className={styles.overview}>
      <Failure place={place} run={run} />
      <Config run={run} />
      <Summary run={run} />
      <div className={styles.column}>
        <Environment place={place} run={run} />
        <Record run={run} />
        <Notes place={place} run={run} />
      </div>
    </div>
  );
}

const matches = (find: string, ...texts: string[]) =>
  texts.some((text) => text.toLowerCase().includes(find.trim().toLowerCase()));

function Config({ run }: { run: Run }) {
  const [find, setFind] = useState("");
  const [folded, setFolded] = useState<string[]>([]);
  const all = flatten(run.config).filter(([key]) => !key.startsWith("_"));
  const shown = all.filter(([key, value]) => matches(find, key, plain(value)));
  // Keys of their own first, then groups by their first part.
  const groups = new Map<string, [string, Json][]>();
  for (const [key, value] of shown) {
    const dot = key.indexOf(".");
    const group = dot > 0 ? key.slice(0, dot) : "";
    groups.set(group, [...(groups.get(group) ?? []), [dot > 0 ? key.slice(dot + 1) : key, value]]);
  }
  const ordered = [...groups].sort(([a], [b]) => byName(a, b));
  return (
    <section className={styles.card} aria-labelledby="config-title">
      <div className={styles.cardHead}>
        <h2 id="config-title">{t.run.config}</h2>
        <small>{find ? t.run.keysOf(shown.length, all.length) : t.run.keys(all.length)}</small>
        {all.length > 0 && (
          <CopyButton look="quiet" label={t.run.copyConfig} text={JSON.stringify(run.config, null, 2)} />
        )}
      </div>
      {all.length === 0 ? (
        <p className={styles.none}>{t.run.noConfig}</p>
      ) : (
        <>
          <div className={styles.cardSearch}>
            <SearchInput label={t.run.searchConfig} value={find} onChange={(event) => setFind(event.target.value)} />
          </div>
          <div className={styles.pairs}>
            <div className={styles.pairHead}>
              <span>{t.run.key}</span>
              <span>{t.run.value}</span>
            </div>
            {shown.length === 0 && <p className={styles.none}>{t.run.noMatch}</p>}
            {ordered.map(([group, pairs]) => {
              const closed = folded.includes(group) && !find;
              return (
                <div key={group}>
                  {group && (
                    <button
                      type="button"
                      className={styles.fold}
                      aria-expanded={!closed}
                      onClick={() => setFolded(closed ? folded.filter((one) => one !== group) : [...folded, group])}
                    >
                      <Icon name={closed ? "chevronRight" : "chevronDown"} size={14} />
                      {group} <small>{count(pairs.length)}</small>
                    </button>
                  )}
                  {!closed &&
                    pairs.map(([key, value]) => <Pair key={key} name={key} value={value} nested={group !== ""} mono />)}
                </div>
              );
            })}
          </div>
        </>
      )}
    </section>
  );
}

function Pair({ name, value, nested, mono }: { name: string; value: Json; nested?: boolean; mono?: boolean }) {
  const number = asNumber(value);
  const text = number !== null && typeof value === "number" ? (mono ? exact(number) : figure(number)) : plain(value);
  return (
    <div className={`${styles.pair} ${nested ? styles.nested : ""}`}>
      <span className={styles.pairKey} title={name}>
        {name}
      </span>
      <span
        className={styles.pairValue}
        data-mono={mono}
        data-bad={number !== null && !Number.isFinite(number)}
        title={plain(value)}
      >
        {text}
      </span>
    </div>
  );
}

function Summary({ run }: { run: Run }) {
  const [find, setFind] = useState("");
  const all = flatten(run.summary)
    .filter(([key]) => !key.startsWith("_"))
    .sort(([a], [b]) => byName(a, b));
  const shown = all.filter(([key, value]) => matches(find, key, plain(value)));
  return (
    <section className={styles.card} aria-labelledby="summary-title">
      <div className={styles.cardHead}>
        <h2 id="summary-title">{t.run.summary}</h2>
        <small>{find ? t.run.keysOf(shown.length, all.length) : t.run.keys(all.length)}</small>
      </div>
      {all.length === 0 ? (
        <p className={styles.none}>{t.run.noSummary}</p>
      ) : (
        <>
          <div className={styles.cardSearch}>
            <SearchInput label={t.run.searchSummary} value={find} onChange={(event) => setFind(event.target.value)} />
          </div>
          <div className={styles.pairs}>
            <div className={styles.pairHead}>
              <span>{t.run.metric}</span>
              <span>{t.run.value}</span>
            </div>
            {shown.length === 0 && <p className={styles.none}>{t.run.noMatch}</p>}
            {shown.map(([key, value]) => (
              <Pair key={key} name={key} value={value} />
            ))}
          </div>
        </>
      )}
    </section>
  );
}

function Environment({ place, run }: { place: Place; run: Run }) {
  const { meta } = run;
  const said = (value: Json | undefined) =>
    value === undefined || value === null || value === "" ? null : typeof value === "string" ? value : plain(value);
  const git = (meta.git ?? {}) as { remote?: string };
  const command = said(meta.command) ?? said(meta.program);
  const memory = typeof meta.memory_bytes === "number" ? size(meta.memory_bytes) : null;
  const cores = typeof meta.cpu_count === "number" ? t.run.cores(count(meta.cpu_count)) : null;
  const rows: [string, string | null, boolean][] = [
    [t.run.env.command, command, true],
    [t.run.env.cwd, said(meta.cwd), true],
    [t.run.env.code, git.remote ?? null, true],
    [t.run.env.host, [said(meta.host), cores, memory].filter(Boolean).join(" · ") || null, false],
    [t.run.env.gpu, said(meta.gpu), false],
    [t.run.env.os, said(meta.os), false],
    [t.run.env.python, [said(meta.python), said(meta.sdk)].filter(Boolean).join(" · ") || null, false],
    [t.run.env.path, `${place.entity}/${place.project}/${run.id}`, true],
  ];
  return (
    <section className={styles.card} aria-labelledby="environment-title">
      <div className={styles.cardHead}>
        <h2 id="environment-title">{t.run.environment}</h2>
        {command && <CopyButton look="quiet" label={t.run.copyCommand} text={`python ${command}`} />}
      </div>
      <dl className={styles.env}>
        {rows.map(
          ([label, value, mono]) =>
            value && (
              <Row key={label} label={label} mono={mono}>
                {value}
              </Row>
            ),
        )}
      </dl>
    </section>
  );
}

function Row({ label, mono, children }: { label: string; mono?: boolean; children: string }) {
  return (
    <>
      <dt>{label}</dt>
      <dd data-mono={mono} title={children}>
        {children}
      </dd>
    </>
  );
}

/** Counters shown although zero: their being zero is the message. */
const ALWAYS = ["rows", "values"];
const BAD = new Set(["rejected", "non_finite", "dropped"]);

function Record({ run }: { run: Run }) {
  const counters = Object.entries(run.record)
    .map(([name, value]) => [name, asNumber(value)] as const)
    .filter((pair): pair is readonly [string, number] => pair[1] !== null);
  const shown = counters.filter(([name, n]) => n > 0 || ALWAYS.includes(name));
  const rows = counters.find(([name]) => name === "rows")?.[1] ?? 0;
  const clean = shown.every(([name]) => ALWAYS.includes(name));
  return (
    <section className={styles.card} aria-labelledby="record-title">
      <div className={styles.cardHead}>
        <h2 id="record-title">{t.run.record}</h2>
        <small>{t.run.recordRows(count(rows))}</small>
      </div>
      <dl className={styles.env}>
        {shown.map(([name, n]) => (
          <RecordRow key={name} name={name} n={n} />
        ))}
      </dl>
      {clean && (
        <p className={styles.none} style={{ borderTop: "1px solid var(--border)" }}>
          {rows > 0 ? t.run.recordClean : t.run.recordEmpty}
        </p>
      )}
    </section>
  );
}

function RecordRow({ name, n }: { name: string; n: number }) {
  return (
    <>
      <dt>{t.run.recordNames[name] ?? name.replaceAll("_", " ")}</dt>
      <dd>
        <span style={{ color: BAD.has(name) ? "var(--err)" : undefined }}>{count(n)}</span>{" "}
        <span style={{ color: "var(--muted)" }}>{t.run.recordNotes[name]}</span>
      </dd>
    </>
  );
}
