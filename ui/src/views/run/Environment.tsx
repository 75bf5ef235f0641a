/** Where a run ran, with what, and what it came from. */
import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { Link } from "wouter";
import { filesQuery } from "../../net/files";
import type { Place } from "../../net/projects";
import type { Run } from "../../net/shapes";
import { count, plain, size } from "../../series/format";
import { pageOfCommit, pageOfRemote } from "../../series/git";
import { asNumber, type Json } from "../../series/tagged";
import { t } from "../../texts";
import { runAt, tableAt } from "../addresses";
import { CopyButton } from "../parts/Controls";
import parts from "../parts/parts.module.css";
import styles from "./run.module.css";

const DIFF = "diff.patch";

type Row = [label: string, value: ReactNode, title?: string, mono?: boolean];

export function Environment({ place, run }: { place: Place; run: Run }) {
  const { meta } = run;
  const said = (value: Json | undefined) =>
    value === undefined || value === null || value === "" ? null : typeof value === "string" ? value : plain(value);
  const number = (value: Json | undefined) => (typeof value === "number" && value > 0 ? value : null);
  const command = said(meta.command) ?? said(meta.program);
  const cores = number(meta.cpu_count_logical) ?? number(meta.cpu_count);
  const memory = number(meta.memory_bytes);
  const gpus = number(meta.gpu_count) ?? 1;
  const gpu = said(meta.gpu);
  const cpu = [cores && t.run.cores(cores), memory && t.run.memory(size(memory))].filter(Boolean).join(" · ");
  const gpuText = gpu && [gpus > 1 ? `${count(gpus)}\u2009×\u2009${gpu}` : gpu, cuda(said(meta.cuda))].filter(Boolean);
  const rows: Row[] = [
    [t.run.env.command, command, command ?? "", true],
    [t.run.env.cwd, said(meta.cwd), said(meta.cwd) ?? "", true],
    ...codeRows(place, run),
    [t.run.env.host, [said(meta.host), said(meta.username)].filter(Boolean).join(" · ")],
    [t.run.env.cpu, cpu],
    [t.run.env.gpu, gpuText ? gpuText.join(" · ") : null],
    [t.run.env.os, said(meta.os)],
    [t.run.env.python, said(meta.python), said(meta.executable) ?? undefined],
    [t.run.env.client, said(meta.sdk)],
  ];
  return (
    <section className={parts.card} aria-labelledby="environment-title">
      <div className={styles.cardHead}>
        <h2 id="environment-title">{t.run.environment}</h2>
        {command && <CopyButton look="quiet" label={t.run.copyCommand} text={`python ${command}`} />}
      </div>
      {rows.some(([, value]) => value) ? <Rows rows={rows} /> : <p className={styles.none}>{t.run.noEnvironment}</p>}
    </section>
  );
}

const cuda = (version: string | null) => version && t.run.cuda(version);

function codeRows(place: Place, run: Run): Row[] {
  const git = (run.meta.git ?? {}) as { commit?: string; branch?: string; remote?: string; dirty?: boolean };
  const remote = git.remote ? pageOfRemote(git.remote) : null;
  const commit = git.commit ? (pageOfCommit(git.remote ?? "", git.commit) ?? null) : null;
  const rows: Row[] = [];
  if (git.remote) rows.push([t.run.env.remote, <Outside key="remote" to={remote} text={git.remote} />, git.remote]);
  if (git.commit) {
    rows.push([
      t.run.env.commit,
      <span key="commit">
        <Outside to={commit} text={git.commit.slice(0, 10)} mono /> {git.branch && t.run.branch(git.branch)}
        {git.dirty && ` + ${t.run.dirty}`} <Diff place={place} run={run} />
      </span>,
      git.commit,
    ]);
  }
  return rows;
}

function Outside({ to, text, mono }: { to: string | null; text: string; mono?: boolean }) {
  const word = mono ? <code>{text}</code> : text;
  if (!to) return word;
  return (
    <a className={styles.link} href={to} target="_blank" rel="noreferrer">
      {word}
    </a>
  );
}

/** The way to what was not committed, where it was recorded. */
function Diff({ place, run }: { place: Place; run: Run }) {
  const found = useQuery({ ...filesQuery(place, run.id, DIFF), enabled: run.file_count > 0 }).data;
  if (!found?.files.some((file) => file.path === DIFF)) return null;
  return (
    <Link className={styles.link} href={`${runAt(place, run.id, "files")}?file=${DIFF}`}>
      {DIFF}
    </Link>
  );
}

/** What the run is part of, and where it came from. */
export function Descent({ place, run }: { place: Place; run: Run }) {
  const of = (key: string, value: string | null) =>
    value && (
      <Link
        className={styles.link}
        href={`${tableAt(place)}?filter=${encodeURIComponent(`${key} = ${JSON.stringify(value)}`)}`}
      >
        {value}
      </Link>
    );
  const { parent, rewound_step: rewound } = run;
  const cameTo = asNumber(run.record.inherited_to);
  const step = parent && t.run.atStep(count(parent.step));
  const rows: Row[] = [
    [t.run.env.group, of("group", run.group), run.group ?? ""],
    [t.run.env.jobType, of("job_type", run.job_type), run.job_type ?? ""],
    [t.run.env.sweep, run.sweep],
    [
      t.run.env.forked,
      parent && (
        <span>
          {parent.id ? (
            <Link className={styles.link} href={runAt(place, parent.id)}>
              {parent.name ?? parent.id}
            </Link>
          ) : (
            t.run.parentGone
          )}{" "}
          {step}
          {cameTo !== null && <span className={styles.warn}>{t.run.behindParent(count(cameTo))}</span>}
        </span>
      ),
    ],
    [t.run.env.rewound, rewound != null && t.run.rewoundTo(count(rewound))],
    [t.run.env.path, `${place.entity}/${place.project}/${run.id}`, undefined, true],
  ];
  return (
    <section className={parts.card} aria-labelledby="descent-title">
      <div className={styles.cardHead}>
        <h2 id="descent-title">{t.run.descent}</h2>
      </div>
      <Rows rows={rows} />
    </section>
  );
}

function Rows({ rows }: { rows: Row[] }) {
  return (
    <dl className={styles.env}>
      {rows.map(
        ([label, value, title, mono]) =>
          value && (
            <div key={label}>
              <dt>{label}</dt>
              <dd data-mono={mono} title={title ?? (typeof value === "string" ? value : undefined)}>
                {value}
              </dd>
            </div>
          ),
      )}
    </dl>
  );
}
