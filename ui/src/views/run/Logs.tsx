/** The log of a run: every line of it, however many, searched by the server and followed while it grows. */
import { useQueries, useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "react";
import { consoleHitsQuery, consoleTextAddress, EVERY_LINE, fetchConsole, LINES_A_PAGE } from "../../net/console";
import { type Place, placeKey } from "../../net/projects";
import type { ConsoleLine, Run } from "../../net/shapes";
import { indexAt } from "../../series/line";
import { hasLine, lineAt, placeOf } from "../../series/lineSpans";
import { LINE_PX, logWindow, shareFor, tallOf } from "../../series/logWindow";
import { keep, readKept } from "../../state/kept";
import { say } from "../../state/toasts";
import { t } from "../../texts";
import { logText } from "../../texts/ofRun";
import { Button, copyText, Empty, IconButton, SearchInput } from "../parts/Controls";
import { useKeys, useRested, useSize } from "../parts/hooks";
import { Icon } from "../parts/Icon";
import { KeyHint } from "../parts/KeyCaps";
import parts from "../parts/parts.module.css";
import { StateGlyph } from "../parts/RunMarks";
import { LogChoice } from "./LogChoice";
import { Ruler } from "./LogLine";
import { LogLines, useColumns, useRowsPerLine } from "./LogLines";
import { hitPattern } from "./LogText";
import styles from "./logs.module.css";
import { useLineOrder } from "./useLineOrder";

/** The name under which the browser remembers whether lines wrap. */
const WRAP = "log.wrap";

export function Logs({ place, run }: { place: Place; run: Run }) {
  const live = run.state === "running" || run.state === "pending";
  const scroller = useRef<HTMLDivElement>(null);
  const search = useRef<HTMLInputElement>(null);
  const { width, height } = useSize(scroller);
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
  const all = Math.max(first.data?.total ?? 0, run.log_lines);
  const [choice, setChoice] = useState(EVERY_LINE);
  const [timed, setTimed] = useState(true);
  const { order, kinds, index, isChosen } = useLineOrder(place, run.id, choice, all);
  const total = order.total;
  const [wrapped, setWrapped] = useState(() => readKept(WRAP) === "true");
  const [rowsPerLine, setRowsPerLine] = useState(1);
  const tall = tallOf(total * rowsPerLine);
  const seen = logWindow(total, tall, height, top);
  const { from, to } = seen;
  // The line at the top of the window, where every line is one row.
  const at = Math.max(seen.anchor + seen.part - seen.anchorPx / LINE_PX, 0);

  const pages = useMemo(() => {
    const out: number[] = [];
    for (let page = Math.floor(from / LINES_A_PAGE); page * LINES_A_PAGE < Math.max(to, 1); page++) out.push(page);
    return out;
  }, [from, to]);
  const answers = useQueries({
    queries: pages.map((page) => ({
      queryKey: [
        ...placeKey(place),
        "console",
        run.id,
        page,
        ...(isChosen ? [choice, lineAt(order, page * LINES_A_PAGE)] : []),
      ],
      queryFn: ({ signal }: { signal: AbortSignal }) =>
        fetchConsole(place, run.id, lineAt(order, page * LINES_A_PAGE), LINES_A_PAGE, signal, choice),
      enabled: total > 0,
    })),
  });
  const lines = new Map<number, ConsoleLine>();
  for (const answer of answers) for (const line of answer.data?.lines ?? []) lines.set(line.n, line);

  // Writers of a shared run say who they are; their names stand in a column of their own.
  const labelled = [...lines.values()].some((line) => line.label);

  const kept = useRef<number | null>(null);
  const across = useColumns(scroller, width, timed, labelled);
  const columns = wrapped ? across : null;
  const measured = useRowsPerLine(lines, columns, total);
  // What is seen stays where it is when lines get other heights.
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another height moves the page.
  useLayoutEffect(() => {
    if (measured === rowsPerLine) return;
    const share = tall > height ? top / (tall - height) : 0;
    setRowsPerLine(measured);
    kept.current = share;
  }, [measured]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the same.
  useLayoutEffect(() => {
    if (kept.current === null) return;
    scroller.current?.scrollTo({ top: kept.current * (tall - height) });
    kept.current = null;
  }, [rowsPerLine]);

  const hits = useQuery({ ...consoleHitsQuery(place, run.id, rested, regex), enabled: rested !== "" });
  const found = useMemo(
    () => (rested === "" ? [] : (hits.data?.hits ?? [])).filter((line) => hasLine(order, line)),
    [rested, hits.data, order],
  );
  const pattern = useMemo(() => hitPattern(rested, regex), [rested, regex]);

  const show = useCallback(
    (line: number, centre: boolean) => {
      const share = shareFor(placeOf(order, line), order.total, wrapped ? null : height / LINE_PX, centre);
      scroller.current?.scrollTo({ top: share * (tall - height) });
    },
    [height, tall, order, wrapped],
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
    const next = indexAt(found, lineAt(order, Math.floor(at)));
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
  }, [follow, total, height, tall]);

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

  const wrap = (on: boolean) => {
    keep(WRAP, String(on));
    setWrapped(on);
  };
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
          label={logText.search}
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
                {found.length > 0 ? logText.hits(hitAt + 1, found.length, hits.data.truncated) : logText.noHits}
              </span>
            ) : undefined
          }
        />
        <IconButton
          icon="chevronLeft"
          label={logText.previous}
          disabled={found.length === 0}
          onClick={() => jump(hitAt - 1)}
        />
        <IconButton
          icon="chevronRight"
          label={logText.next}
          disabled={found.length === 0}
          onClick={() => jump(hitAt + 1)}
        />
        <span className={parts.segmented}>
          <button
            type="button"
            aria-pressed={regex}
            title={logText.regex}
            aria-label={logText.regex}
            onClick={() => setRegex(!regex)}
          >
            .*
          </button>
        </span>
        <LogChoice
          index={kinds}
          choice={choice}
          onChoose={setChoice}
          timed={timed}
          onTimed={setTimed}
          wrapped={wrapped}
          onWrapped={wrap}
        />
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
            {logText.follow}
          </Button>
        </span>
      </div>
      <div className={styles.logFrame}>
        {all === 0 && first.isSuccess ? (
          <Empty title={live ? logText.noneRunning : logText.none} />
        ) : isChosen && index?.matched === 0 ? (
          <Empty title={logText.noneChosen}>
            <Button onClick={() => setChoice(EVERY_LINE)}>{logText.showAll}</Button>
          </Empty>
        ) : (
          <>
            <section
              ref={scroller}
              className={styles.logScroller}
              aria-label={logText.label}
              // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
              tabIndex={0}
              onScroll={(event) => setTop(event.currentTarget.scrollTop)}
              onWheel={(event) => {
                if (event.deltaY < 0) setFollow(false);
              }}
            >
              <LogLines
                seen={seen}
                tall={tall}
                height={height}
                order={order}
                lines={lines}
                columns={columns}
                look={{ chosen, now: hitLine, hit: pattern, labelled, timed, onChoose: choose }}
              />
            </section>
            <Ruler total={total} hits={found.map((line) => placeOf(order, line))} from={at} shown={height / LINE_PX} />
          </>
        )}
      </div>
      <footer className={`${parts.status} ${styles.status}`}>
        {follow && live && (
          <span style={{ color: "var(--accent-text)", display: "inline-flex", gap: 6, alignItems: "center" }}>
            <StateGlyph state="running" />
            {logText.following}
          </span>
        )}
        <span role="status">
          {isChosen && index ? logText.chosen(index.matched, all) : logText.lines(all)}
          {index?.truncated && ` · ${logText.chosenCut}`}
        </span>
        <span className={styles.right}>
          {chosen !== null && (
            <>
              <span>{logText.selected(chosen + 1)}</span>
              <button type="button" className={parts.link} onClick={() => void copyLink()}>
                {logText.copyLink}
              </button>
            </>
          )}
          <span>
            <KeyHint of="n" scope="logs" label={logText.nextHit} />
          </span>
          <span>
            <KeyHint of="shift+g" scope="logs" label={logText.end} />
          </span>
        </span>
      </footer>
    </div>
  );
}

/** Gives the line that an address names: `#L4918` is the 4,918th. */
export function lineOfHash(hash: string): number | null {
  const match = /^#L(\d+)$/.exec(hash);
  return match ? Math.max(Number(match[1]) - 1, 0) : null;
}
