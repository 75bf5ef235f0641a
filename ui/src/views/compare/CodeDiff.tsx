/** The code of two runs: their commits, their files line by line, and what neither had committed. */
import { useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo, useState } from "react";
import { Link } from "wouter";
import { PREVIEW_BYTES } from "../../net/files";
import type { Place } from "../../net/projects";
import type { Run } from "../../net/shapes";
import { changedLines, lineChanges } from "../../series/diff";
import { count, size } from "../../series/format";
import { pageOfCommit } from "../../series/git";
import { cutMiddle } from "../../series/names";
import { diffLine } from "../../series/preview";
import { type FileChange, fileChanges } from "../../series/versions";
import { t } from "../../texts";
import { DiffLines } from "../parts/DiffLines";
import { Icon } from "../parts/Icon";
import { RunName, Swatch } from "../parts/RunMarks";
import { TextLines } from "../run/Preview";
import type { Compared } from "./ComparePage";
import styles from "./pair.module.css";
import { useTurned } from "./turned";
import { type CodeFile, useCode } from "./useCode";

/** Files that differ listed at first; their texts are read at once. */
const FILES = 12;
const NOTHING: CodeFile = {
  path: "",
  size_bytes: 0,
  digest: "",
  text: { queryKey: ["no-file"], queryFn: () => "", staleTime: Number.POSITIVE_INFINITY },
};

interface Git {
  commit?: string;
  branch?: string;
  remote?: string;
  dirty?: boolean;
}

const gitOf = ({ meta }: Run) => (meta.git ?? {}) as Git;

export function CodeDiff({ place, base, other, choice }: Pair & { choice: ReactNode }) {
  const mine = useCode(place, other.row);
  const theirs = useCode(place, base.row);
  const [most, setMost] = useState(FILES);
  const changes = useMemo(
    () => (mine.code && theirs.code ? fileChanges(theirs.code.files, mine.code.files) : []),
    [mine.code, theirs.code],
  );
  const differing = changes.filter(({ change }) => change !== "same");
  const failed = mine.error ?? theirs.error;
  const ready = mine.code !== null && theirs.code !== null;
  const lacking = ready ? [base, other].filter((_, i) => [theirs, mine][i]!.code!.files.length === 0) : [];
  const patches = ready ? [theirs.code!.patch, mine.code!.patch] : [];
  const bare = lacking.length === 2 && !patches.some(Boolean);
  const hasCommit = [base, other].some(({ row }) => gitOf(row).commit);
  return (
    <section className={styles.section} aria-label={t.compare.code}>
      <header className={styles.head}>
        <h2>{t.compare.code}</h2>
        {changes.length > 0 && (
          <span className={styles.said} role="status">
            {differing.length === 0 ? t.compare.sameCode : t.compare.filesDiffer(differing.length, changes.length)}
          </span>
        )}
        {choice}
      </header>
      {(hasCommit || !bare) && (
        <ul className={styles.commits}>
          {[base, other].map(({ row, look }) => (
            <li key={row.id}>
              <Swatch look={look} />
              <RunName name={row.name} length={28} />
              <Commit git={gitOf(row)} />
            </li>
          ))}
        </ul>
      )}
      {failed && <p className={styles.note}>{t.errors.failed(failed.message || t.errors.unreachable)}</p>}
      {differing.slice(0, most).map((change, at) => (
        <FileRow key={change.path} change={change} first={at === 0} />
      ))}
      {differing.length > most && (
        <button type="button" className={styles.more} onClick={() => setMost(most + FILES)}>
          {t.compare.moreFiles(Math.min(FILES, differing.length - most))}
        </button>
      )}
      {patches[0] && patches[1] && patches[0].digest === patches[1].digest ? (
        <p className={styles.note}>{t.compare.samePatch}</p>
      ) : (
        [base, other].map(
          ({ row }, i) =>
            patches[i] && (
              <PatchRow key={row.id} run={row.id} name={row.name} patch={patches[i]} alone={lacking.length === 2} />
            ),
        )
      )}
      {ready && lacking.length > 0 && (
        <div className={styles.empty}>
          <p>{lacking.length === 2 ? `${t.compare.noCode}.` : t.compare.noCodeOf(lacking[0]!.row.name)}</p>
          <p>
            {t.compare.howCode} <Link href="/settings/code">{t.compare.codeSettings}</Link>
          </p>
        </div>
      )}
    </section>
  );
}

export interface Pair {
  place: Place;
  base: Compared;
  other: Compared;
}

function Commit({ git }: { git: Git }) {
  if (!git.commit) return <span className={styles.muted}>{t.compare.noCommit}</span>;
  const page = pageOfCommit(git.remote ?? "", git.commit);
  const short = <code>{git.commit.slice(0, 10)}</code>;
  return (
    <span className={styles.commit} title={git.commit}>
      {page ? (
        <a href={page} target="_blank" rel="noreferrer">
          {short}
        </a>
      ) : (
        short
      )}{" "}
      {git.branch && t.run.branch(git.branch)}
      {git.dirty && ` + ${t.compare.uncommitted}`}
    </span>
  );
}

/** A line that opens what is below it. */
function Fold({
  part,
  title,
  note,
  first,
  children,
}: {
  /** Its name in the address. */
  part: string;
  title: ReactNode;
  note: ReactNode;
  first: boolean;
  children: () => ReactNode;
}) {
  const [open, turn] = useTurned(part, first);
  return (
    <>
      <h3 className={styles.fold}>
        <button type="button" aria-expanded={open} onClick={turn}>
          <Icon name={open ? "chevronDown" : "chevronRight"} size={14} />
          {title} <small>{note}</small>
        </button>
      </h3>
      {open && <div className={styles.folded}>{children()}</div>}
    </>
  );
}

function FileRow({ change, first }: { change: FileChange<CodeFile>; first: boolean }) {
  const old = useQuery((change.before ?? NOTHING).text);
  const now = useQuery((change.after ?? NOTHING).text);
  const lines = useMemo(
    () => (typeof old.data === "string" && typeof now.data === "string" ? lineChanges(old.data, now.data) : null),
    [old.data, now.data],
  );
  const isCut = Math.max(change.before?.size_bytes ?? 0, change.after?.size_bytes ?? 0) > PREVIEW_BYTES;
  const failed = old.error ?? now.error;
  return (
    <Fold
      part={`file:${change.path}`}
      first={first}
      title={<code title={change.path}>{cutMiddle(change.path, 56, 28)}</code>}
      note={
        <>
          {lines && <Counts lines={lines} />} {change.change !== "changed" && t.compare.changes[change.change]}
        </>
      }
    >
      {() => {
        if (failed) return <p className={styles.note}>{t.errors.failed(failed.message || t.errors.unreachable)}</p>;
        if (old.data === null || now.data === null) return <p className={styles.note}>{t.compare.noText}</p>;
        if (!lines) return null;
        if (lines.every(({ kind }) => kind === "same")) return <p className={styles.note}>{t.compare.sameText}</p>;
        return (
          <>
            {isCut && <p className={styles.note}>{t.compare.firstPart(size(PREVIEW_BYTES))}</p>}
            <DiffLines lines={lines} label={change.path} />
          </>
        );
      }}
    </Fold>
  );
}

function Counts({ lines }: { lines: { kind: string }[] }) {
  const { added, removed } = changedLines(lines);
  return (
    <>
      <span className={styles.added}>+{count(added)}</span> <span className={styles.removed}>−{count(removed)}</span>
    </>
  );
}

function PatchRow({ run, name, patch, alone }: { run: string; name: string; patch: CodeFile; alone: boolean }) {
  const answer = useQuery(patch.text);
  const kinds = useMemo(
    () => (typeof answer.data === "string" ? answer.data.split("\n").map((line) => ({ kind: diffLine(line) })) : null),
    [answer.data],
  );
  return (
    <Fold
      part={`patch:${run}`}
      first={alone}
      title={t.compare.patchOf(cutMiddle(name, 32))}
      note={kinds && <Counts lines={kinds} />}
    >
      {() =>
        typeof answer.data === "string" && (
          <TextLines text={answer.data} kind="diff" cut={patch.size_bytes > PREVIEW_BYTES} />
        )
      }
    </Fold>
  );
}
