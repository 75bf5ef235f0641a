/** All runs of a project, wide: filter, sort, group, compare, choose columns, edit in the cell. */
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { ApiError } from "../../net/http";
import { columnsQuery, type Place } from "../../net/projects";
import { tryFilter } from "../../series/filter";
import { drawnRuns } from "../../state/drawn";
import { changeView } from "../../state/view";
import { t } from "../../texts";
import { NoProject, useEmpty } from "../home/NoProject";
import { Button, Empty } from "../parts/Controls";
import { sayDrawn, useRested, useTitle, useView } from "../parts/hooks";
import parts from "../parts/parts.module.css";
import { filterMessage } from "../workspace/filterMessage";
import { bookOf, useHues } from "../workspace/runs";
import { allColumns, chooseColumns } from "./columns";
import { FilterBar } from "./FilterBar";
import { SelectionBar } from "./SelectionBar";
import { TableGrid } from "./TableGrid";
import { TableTools } from "./TableTools";
import styles from "./table.module.css";
import { useTableRows } from "./useTableRows";

const FIRST_LINES = { first: 0, last: 40 };

export function RunsTable({ place }: { place: Place }) {
  useTitle(`${place.project}, ${t.bar.runs}`);
  const chosen = useView((view) => view.columns);
  const filter = useView((view) => view.filter);
  const known = useQuery(columnsQuery(place));
  const all = useMemo(() => allColumns(known.data ?? []), [known.data]);
  const columns = useMemo(() => chooseColumns(known.data, all, chosen), [known.data, all, chosen]);

  // An expression in the making isn't asked for: the rows of the last that could be read stay.
  const rested = useRested(filter, 200);
  const { trouble } = useMemo(() => tryFilter(rested), [rested]);
  const readable = useRef("");
  if (!trouble) readable.current = rested;

  // It is told only to a hand that has stopped: every expression is wrong while it is being written.
  const isTold = useRested(filter, 900) === filter;

  const [near, setNear] = useState(FIRST_LINES);
  const onNear = useCallback((first: number, last: number) => setNear({ first, last }), []);
  const runs = useTableRows(place, columns, near, readable.current);
  useEffect(() => {
    if (!runs.pending) sayDrawn();
  }, [runs.pending]);
  const draw = useView((view) => view.draw);
  const shown = useView((view) => view.shown);
  const hidden = useView((view) => view.hidden);
  const drawn = drawnRuns(runs.ids, { draw, shown, hidden }).join("\n");
  const hues = useHues();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the book gives the colours that the reader chose.
  const looks = useMemo(() => bookOf(place).give(drawn ? drawn.split("\n") : []), [drawn, place, hues]);

  const listed = { ...runs, rows: runs.pages[0] ?? [] };
  const empty = useEmpty(listed);
  const deleted = useView((view) => view.deleted);
  if (empty && !deleted) return <NoProject place={place} runs={listed} />;
  const refused = trouble
    ? isTold
      ? filterMessage(trouble)
      : ""
    : runs.error instanceof ApiError && runs.error.status === 400
      ? runs.error.message
      : null;
  const failed = runs.error && refused === null ? runs.error : null;
  const [matchedText, ofText] = runs.question.deleted
    ? t.table.deletedMatch(runs.matched, runs.total)
    : t.table.matched(runs.matched, runs.total);
  const isNothing = runs.lineCount === 0 && !runs.pending && refused === null && !failed;
  return (
    <div className={styles.page}>
      <h1 className="visually-hidden">
        {place.entity} / {place.project}, {t.bar.runs}
      </h1>
      {(runs.pending || runs.stale) && <div className={parts.line} style={{ animationDelay: "200ms" }} />}
      <FilterBar place={place} bad={Boolean(refused)} matchedText={matchedText!} ofText={ofText!} />
      <TableTools place={place} all={all} shown={columns} matched={runs.matched} question={runs.question} />
      <TableGrid place={place} runs={runs} columns={columns} all={all} looks={looks} onNear={onNear}>
        {isNothing && (
          <Empty title={deleted ? t.table.noneDeleted : t.list.none}>
            {deleted ? (
              <Button onClick={() => changeView({ deleted: false })}>{t.table.backToRuns}</Button>
            ) : (
              <Button onClick={() => changeView({ filter: "", q: "" })}>{t.list.noneMore}</Button>
            )}
          </Empty>
        )}
        {failed && <Empty title={t.errors.failed(failed.message)} />}
      </TableGrid>
      {refused && (
        <div className={styles.problem} role="alert">
          {t.table.refused} {refused}
        </div>
      )}
      <SelectionBar
        place={place}
        ids={runs.ids}
        byId={runs.byId}
        lineCount={runs.lineCount}
        groups={runs.groupedBy.length > 0 ? `${runs.groupsListed} ${runs.groupCount}` : null}
      />
    </div>
  );
}
