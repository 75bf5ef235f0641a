/** Several runs against one of them: what differs in their keys, where a metric parts. */
import { useQueries, useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Link } from "wouter";
import { ApiError } from "../../net/http";
import { metricsQuery } from "../../net/metrics";
import { type Place, runQuery } from "../../net/projects";
import type { Run } from "../../net/shapes";
import { comparedKeys, ROOMS, roomsOf } from "../../series/compared";
import { cutMiddle } from "../../series/names";
import type { Look } from "../../state/slots";
import { changeView } from "../../state/view";
import { t } from "../../texts";
import { tableAt } from "../addresses";
import { Button, Empty, SearchInput } from "../parts/Controls";
import { useTitle, useView } from "../parts/hooks";
import { Icon } from "../parts/Icon";
import { Menu, MenuItem, Switch } from "../parts/Menus";
import { bookOf } from "../workspace/runs";
import styles from "./compare.module.css";
import { KeyTable } from "./KeyTable";
import { Pairs } from "./Pairs";
import { Partings } from "./Partings";
import { usePackages } from "./usePackages";

/** Runs compared at once: each is a request and a column. */
const RUNS = 40;

export interface Compared {
  row: Run;
  look: Look;
}

export function ComparePage({ place }: { place: Place }) {
  useTitle(`${place.project}, ${t.bar.compare}`);
  const asked = useView((view) => view.compared);
  const chosen = useView((view) => view.baseline);
  const [all, setAll] = useState(false);
  const [find, setFind] = useState("");
  const distinct = useMemo(() => [...new Set(asked)], [asked]);
  const ids = useMemo(() => distinct.slice(0, RUNS), [distinct]);
  const answers = useQueries({ queries: ids.map((id) => runQuery(place, id)) });
  const known = answers.map(({ dataUpdatedAt }) => dataUpdatedAt).join();
  // biome-ignore lint/correctness/useExhaustiveDependencies: runs are new when they were read at another time.
  const runs = useMemo(() => {
    const read = answers.flatMap(({ data }) => data ?? []);
    const looks = bookOf(place).give(read.map(({ id }) => id));
    const first = read.find(({ id }) => id === chosen) ?? read[0];
    // The baseline comes first: the others are held against it.
    const ordered = first ? [first, ...read.filter((run) => run !== first)] : [];
    return ordered.map((row): Compared => ({ row, look: looks.get(row.id)! }));
  }, [place, known, chosen, ids]);
  const rows = useMemo(() => runs.map(({ row }) => row), [runs]);
  const packages = usePackages(place, rows);
  const rooms = useMemo(() => {
    const compared = rows.map((row) => roomsOf(row, packages?.get(row.id)));
    return ROOMS.map((room) => ({ room, keys: comparedKeys(compared, room) }));
  }, [rows, packages]);
  const listed = useQuery({
    ...metricsQuery(place, "history", rows.map(({ id }) => id).join(",")),
    enabled: rows.length > 0,
  });
  const goals = useMemo(
    () => new Map(listed.data?.metrics.flatMap(({ key, goal }) => (goal ? [[key, goal] as const] : []))),
    [listed.data],
  );
  const pending = answers.some(({ isPending }) => isPending);
  const isGone = (error: Error | null) => error instanceof ApiError && error.status === 404;
  const failed = answers.find(({ error }) => error && !isGone(error))?.error;
  const gone = ids.filter((_, i) => isGone(answers[i]!.error));
  const unread = ids.filter((_, i) => answers[i]!.error && !isGone(answers[i]!.error));
  if (failed && runs.length < 2) {
    return <Empty isPage title={t.errors.failed(failed.message || t.errors.unreachable)} />;
  }
  if (!pending && runs.length < 2) {
    return (
      <Empty isPage title={t.compare.few}>
        {gone.length > 0 && <p>{t.compare.gone(gone.join(", "), gone.length)}</p>}
        <p>{t.compare.fewMore}</p>
        <Link href={tableAt(place)}>{t.compare.toTable}</Link>
      </Empty>
    );
  }
  const [baseline] = runs;
  if (pending || !baseline) return null;
  const every = rooms.flatMap(({ keys }) => keys);
  return (
    <div className={styles.page}>
      <h1 className="visually-hidden">
        {place.entity} / {place.project}, {t.bar.compare}
      </h1>
      <div className={styles.bar}>
        <strong>{t.compare.compared(runs.length, distinct.length)}</strong>
        <Menu
          trigger={
            <Button look="quiet">
              {t.compare.baseline} <strong title={baseline.row.name}>{cutMiddle(baseline.row.name, 24)}</strong>
              <Icon name="chevronDown" size={12} />
            </Button>
          }
        >
          {runs.map(({ row }) => (
            <MenuItem key={row.id} checked={row === baseline.row} onSelect={() => changeView({ baseline: row.id })}>
              {row.name}
            </MenuItem>
          ))}
        </Menu>
        <span className={styles.switch}>
          <span id="only-differing">{t.compare.onlyDiffering}</span>
          <Switch on={!all} onChange={(on) => setAll(!on)} labelledBy="only-differing" />
        </span>
        <SearchInput
          className={styles.find}
          label={t.list.findKey}
          value={find}
          onChange={(event) => setFind(event.target.value)}
        />
        <span className={styles.truth} role="status">
          {t.compare.differ(every.filter(({ differs }) => differs).length, every.length)}
        </span>
      </div>
      {gone.length + unread.length > 0 && (
        <p className={styles.lacking} role="alert">
          {gone.length > 0 && <span>{t.compare.gone(gone.join(", "), gone.length)}</span>}
          {failed && <span>{t.compare.unread(unread.join(", "), failed.message || t.errors.unreachable)}</span>}
          <button
            type="button"
            onClick={() => changeView({ compared: asked.filter((id) => !gone.includes(id) && !unread.includes(id)) })}
          >
            {t.compare.leaveOut}
          </button>
        </p>
      )}
      <div className={styles.halves}>
        <KeyTable place={place} runs={runs} rooms={rooms} goals={goals} all={all} find={find} />
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
        <div className={styles.right} tabIndex={0} role="group" aria-label={t.bar.compare} data-scroller>
          <Partings place={place} runs={runs} config={rooms.find(({ room }) => room === "config")!.keys} />
          <Pairs place={place} runs={runs} />
        </div>
      </div>
    </div>
  );
}
