/** Several runs against one of them: what differs in their keys, where a metric parts. */
import { useQueries } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { Link } from "wouter";
import { ApiError } from "../../net/http";
import { type Place, runQuery } from "../../net/projects";
import type { Run } from "../../net/shapes";
import { comparedKeys, ROOMS } from "../../series/compared";
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
import { Partings } from "./Partings";

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
  const rooms = useMemo(
    () =>
      ROOMS.map((room) => ({
        room,
        keys: comparedKeys(
          runs.map(({ row }) => row),
          room,
        ),
      })),
    [runs],
  );
  const pending = answers.some(({ isPending }) => isPending);
  const failed = answers.find(({ error }) => error && !(error instanceof ApiError && error.status === 404))?.error;
  if (failed && runs.length < 2) {
    return <Empty isPage title={t.errors.failed(failed.message || t.errors.unreachable)} />;
  }
  if (!pending && runs.length < 2) {
    return (
      <Empty isPage title={t.compare.few}>
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
      <div className={styles.halves}>
        <KeyTable place={place} runs={runs} rooms={rooms} all={all} find={find} />
        <Partings place={place} runs={runs} config={rooms.find(({ room }) => room === "config")!.keys} />
      </div>
    </div>
  );
}
