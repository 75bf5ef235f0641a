/** The log of a run: every line of it, however many, searched by the server and followed while it grows. */
import { useQueries, useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { consoleHitsQuery, consoleTextAddress, fetchConsole, LINES_A_PAGE } from "../../net/console";
import { type Place, placeKey } from "../../net/projects";
import type { ConsoleLine, Run } from "../../net/shapes";
import { count } from "../../series/format";
import { indexAt } from "../../series/line";
import { cutMiddle } from "../../series/names";
import { say } from "../../state/toasts";
import { t } from "../../texts";
import { Button, copyText, Empty, IconButton, SearchInput } from "../parts/Controls";
import { useKeys, useRested, useSize } from "../parts/hooks";
import { Icon } from "../parts/Icon";
import { KeyHint } from "../parts/KeyCaps";
import { clock } from "../parts/moments";
import parts from "../parts/parts.module.css";
import { StateGlyph } from "../parts/RunMarks";
import { hitPattern, LogText } from "./LogText";
import styles from "./logs.module.css";

const LINE_PX = 18;
/** Browsers stop at about 17.9 M px; a longer log scrolls in proportion. */
const TALLEST_PX = 12_000_000;
const BEYOND_LINES = 20;
const PADDING_PX = 6;
/** Characters of a writer's name that its column has room for. */
const RANK_CHARACTERS = 11;
/** A progress bar on stderr is no error, and a warning is none either. */
const PROGRESS = /\d+%\||it\/s|s\/it/;
const WARNING = /\bwarn(ing)?\b/i;

export function Logs({ place, run }: { place: Place; run: Run }) {
  const live = run.state === "running" || run.state === "pending";
  const scroller = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const { height } = useSize(scroller);
  const [top, setTop] = useState(0);
  const [chosen, setChosen] = useState<number | null>(() => lineOfHash(window.location.hash));
  const [follow, setFollow] = useState(live && chosen === null);
  const [q, setQ] = useState(() => new URLSearchParams(window.location.search).get("q") ?? "");
  const [regex, setRegex] = useState(false);
  const [hitAt, setHitAt] = useState(0);
  const rested = useRested(q, 200);

  const first = useQuery({
    queryKey: [...placeKey(place), "console", run.id, "total"],
    queryFn: ({ signal }) => fetchConsole(place, run.id, 0, 1, signal),
  });
  const total = Math.max(first.data?.total ?? 0, run.log_lines);
  const content = total * LINE_PX + 2 * PADDING_PX;
  const tall = Math.min(content, TALLEST_PX);
  // How many pixels of log one pixel of scrolling is worth.
  const ratio = tall > height ? (content - height) / (tall - height) : 1;
  const at = Math.max(top * ratio - PADDING_PX, 0);
  const from = Math.max(Math.floor(at / LINE_PX) - BEYOND_LINES, 0);
  const to = Math.min(Math.ceil((at + height) / LINE_PX) + BEYOND_LINES, total);

  const pages = useMemo(() => {
    const out: number[] = [];
    for (let page = Math.floor(from / LINES_A_PAGE); page * LINES_A_PAGE < Math.max(to, 1); page++) out.push(page);
    return out;
  }, [from, to]);
  const answers = useQueries({
    queries: pages.map((page) => ({
      queryKey: [...placeKey(place), "console", run.id, page],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        fetchConsole(place, run.id, page * LINES_A_PAGE, LINES_A_PAGE, signal),
      enabled: total > 0,
    })),
  });
  const lines = new Map<number, ConsoleLine>();
  for (const answer of answers) for (const line of answer.data?.lines ?? []) lines.set(line.n, line);

  // Writers of a shared run say who they are; their names stand in a column of their own.
  const labelled = [...lines.values()].some((line) => line.label);

  const hits = useQuery({ ...consoleHitsQuery(place, run.id, rested, regex), enabled: rested !== "" });
  const found = rested === "" ? [] : (hits.data?.hits ?? []);
  const pattern = useMemo(() => hitPattern(rested, regex), [rested, regex]);

  const show = useCallback(
    (line: number, centre: boolean) => {
      const pixels = line * LINE_PX + PADDING_PX - (centre ? height / 2 : 0);
      scroller.current?.scrollTo({ top: Math.max(pixels / ratio, 0) });
    },
    [height, ratio],
  );
  const jump = (index: number) => {
    if (found.length === 0) return;
    const next = (index + found.length) % found.length;
    setHitAt(next);
    setFollow(false);
    show(found[next]!, true);
  };
  // A new search starts at the first hit below what is seen.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only new hits move the page.
  useEffect(() => {
    if (found.length === 0) return;
    const next = indexAt(found, Math.floor(at / LINE_PX));
    jump(next === found.length ? 0 : next);
  }, [hits.data]);

  const arrived = useRef(false);
  useLayoutEffect(() => {
    if (height === 0 || total === 0 || arrived.current) return;
    arrived.current = true;
    if (chosen !== null) show(chosen, true);
  }, [height, total, chosen, show]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: following means that a new total moves the page.
  useLayoutEffect(() => {
    if (follow) scroller.current?.scrollTo({ top: scroller.current.scrollHeight });
  }, [follow, total, height]);

  const end = () => setFollow(true);
  useKeys(
    {
      "/": (event) => {
        event.preventDefault();
        search.current?.focus();
      },
      n: () => jump(hitAt + 1),
      "shift+n": () => jump(hitAt - 1),
      "shift+g": end,
      End: end,
    },
    true,
    "logs",
  );

  const choose = (n: number) => {
    setChosen(n);
    setFollow(false);
    window.history.replaceState(window.history.state, "", `#L${n + 1}`);
  };
  const copyLink = async () => {
    if (await copyText(window.location.href)) say(t.linkCopied);
  };
  const hitLine = found[hitAt];
  if (first.isError) return <Empty title={first.error.message || t.errors.unreachable} />;
  return (
    <div className={styles.logs}>
      <div className={styles.logBar}>
        <SearchInput
          ref={search}
          className={styles.logSearch}
          label={t.logs.search}
          hint="/"
          value={q}
          onChange={(event) => setQ(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") jump(hitAt + (event.shiftKey ? -1 : 1));
            if (event.key === "Escape") {
              setQ("");
              event.currentTarget.blur();
            }
          }}
          tail={
            rested && hits.isSuccess ? (
              <span style={{ whiteSpace: "nowrap" }} role="status">
                {found.length > 0 ? t.logs.hits(hitAt + 1, found.length, hits.data.truncated) : t.logs.noHits}
              </span>
            ) : undefined
          }
        />
        <IconButton
          icon="chevronLeft"
          label={t.logs.previous}
          disabled={found.length === 0}
          onClick={() => jump(hitAt - 1)}
        />
        <IconButton
          icon="chevronRight"
          label={t.logs.next}
          disabled={found.length === 0}
          onClick={() => jump(hitAt + 1)}
        />
        <span className={parts.segmented}>
          <button
            type="button"
            aria-pressed={regex}
            title={t.logs.regex}
            aria-label={t.logs.regex}
            onClick={() => setRegex(!regex)}
          >
            .*
          </button>
        </span>
        {hits.isError && <span style={{ color: "var(--err)" }}>{hits.error.message}</span>}
        <span className={styles.right}>
          <a
            className={`${parts.button} ${parts.quiet}`}
            href={consoleTextAddress(place, run.id)}
            download={`${run.id}.log`}
          >
            <Icon name="download" size={14} />
            {t.actions.download}
          </a>
          <Button look={follow ? "on" : "plain"} aria-pressed={follow} onClick={() => setFollow(!follow)}>
            {follow && <Icon name="check" size={14} />}
            {t.logs.follow}
          </Button>
        </span>
      </div>
      <div className={styles.logFrame}>
        {total === 0 && first.isSuccess ? (
          <Empty title={live ? t.logs.noneRunning : t.logs.none} />
        ) : (
          <>
            <section
              ref={scroller}
              className={styles.logScroller}
              aria-label={t.logs.label}
              // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
              tabIndex={0}
              onScroll={(event) => setTop(event.currentTarget.scrollTop)}
              onWheel={(event) => {
                if (event.deltaY < 0) setFollow(false);
              }}
            >
              <div style={{ height: tall, position: "relative" }}>
                {Array.from({ length: Math.max(to - from, 0) }, (_, i) => from + i).map((n) => (
                  <Line
                    key={n}
                    n={n}
                    line={lines.get(n)}
                    top={top + (n * LINE_PX - at) + (top === 0 ? PADDING_PX : 0)}
                    chosen={n === chosen}
                    now={n === hitLine}
                    hit={pattern}
                    labelled={labelled}
                    onChoose={choose}
                  />
                ))}
              </div>
            </section>
            <Ruler total={total} hits={found} from={at / LINE_PX} shown={height / LINE_PX} />
          </>
        )}
      </div>
      <footer className={`${parts.status} ${styles.status}`}>
        {follow && live && (
          <span style={{ color: "var(--accent-text)", display: "inline-flex", gap: 6, alignItems: "center" }}>
            <StateGlyph state="running" />
            {t.logs.following}
          </span>
        )}
        <span>{t.logs.lines(total)}</span>
        <span className={styles.right}>
          {chosen !== null && (
            <>
              <span>{t.logs.selected(chosen + 1)}</span>
              <button type="button" className={parts.link} onClick={() => void copyLink()}>
                {t.logs.copyLink}
              </button>
            </>
          )}
          <span>
            <KeyHint of="n" scope="logs" label={t.logs.nextHit} />
          </span>
          <span>
            <KeyHint of="shift+g" scope="logs" label={t.logs.end} />
          </span>
        </span>
      </footer>
    </div>
  );
}

function Line({
  n,
  line,
  top,
  chosen,
  now,
  hit,
  labelled,
  onChoose,
}: {
  n: number;
  line: ConsoleLine | undefined;
  top: number;
  chosen: boolean;
  now: boolean;
  hit: RegExp | null;
  /** Whether lines around it name their writers. */
  labelled: boolean;
  onChoose: (n: number) => void;
}) {
  const fromStderr = line?.level === "error";
  const tone = !fromStderr || PROGRESS.test(line.text) ? undefined : WARNING.test(line.text) ? "warn" : "err";
  return (
    <div
      className={styles.logLine}
      style={{ top }}
      data-line={n + 1}
      data-chosen={chosen || now}
      data-now={now}
      data-tone={tone}
    >
      <button
        type="button"
        className={styles.logNumber}
        tabIndex={-1}
        aria-label={t.logs.line(n + 1)}
        onClick={() => onChoose(n)}
      >
        {count(n + 1)}
      </button>
      <span className={styles.logTime}>{line?.t != null ? fineClock(line.t) : ""}</span>
      {labelled && (
        <span className={styles.logRank} title={line?.label}>
          {cutMiddle(line?.label ?? "", RANK_CHARACTERS, 4)}
        </span>
      )}
      <span className={styles.logLevel}>{fromStderr && t.logs.stderr}</span>
      <span>{line && <LogText text={line.text} hit={hit} />}</span>
    </div>
  );
}

function fineClock(time: number): string {
  return `${clock(time)}.${String(Math.floor((time % 1) * 1000)).padStart(3, "0")}`;
}

/** Marks kept apart on the ruler; more would lie on each other. */
const RULER_MARKS = 300;

function Ruler({ total, hits, from, shown }: { total: number; hits: number[]; from: number; shown: number }) {
  const share = (line: number) => `${(Math.min(line / Math.max(total, 1), 1) * 100).toFixed(2)}%`;
  const places = new Set(hits.map((line) => Math.floor((line / Math.max(total, 1)) * RULER_MARKS)));
  return (
    <div className={styles.ruler} aria-hidden="true">
      {total > shown && <b style={{ top: share(from), height: share(shown) }} />}
      {[...places].map((place) => (
        <i key={place} style={{ top: `${((place / RULER_MARKS) * 100).toFixed(2)}%` }} />
      ))}
    </div>
  );
}

/** Gives the line that an address names: `#L4918` is the 4,918th. */
export function lineOfHash(hash: string): number | null {
  const match = /^#L(\d+)$/.exec(hash);
  return match ? Math.max(Number(match[1]) - 1, 0) : null;
}
