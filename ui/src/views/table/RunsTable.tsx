/** All runs of a project, wide: filter, sort, group, compare, choose columns, edit in the cell. */
import { useQuery } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useState } from "react";
import { ApiError } from "../../net/http";
import { columnsQuery, type Place } from "../../net/projects";
import { drawnRuns } from "../../state/drawn";
import { changeView } from "../../state/view";
import { t } from "../../texts";
import { NoProject, useEmpty } from "../home/NoProject";
import { Button, Empty } from "../parts/Controls";
import { sayDrawn, useTitle, useView } from "../parts/hooks";
import parts from "../parts/parts.module.css";
import { useColoured } from "../workspace/colourBy";
import { filterMessage } from "../workspace/filterMessage";
import { useReadableFilter } from "../workspace/readableFilter";
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
  const known = useQuery(columnsQuery(place));
  const all = useMemo(() => allColumns(known.data ?? []), [known.data]);
  const columns = useMemo(() => chooseColumns(known.data, all, chosen), [known.data, all, chosen]);

  const { filter, trouble, isTold } = useReadableFilter();
  const [near, setNear] = useState(FIRST_LINES);
  const onNear = useCallback((first: number, last: number) => setNear({ first, last }), []);
  const runs = useTableRows(place, columns, near, filter);
  useEffect(() => {
    if (!runs.pending) sayDrawn();
  }, [runs.pending]);
  const draw = useView((view) => view.draw);
  const shown = useView((view) => view.shown);
  const hidden = useView((view) => view.hidden);
  const drawn = drawnRuns(runs.ids, { draw, shown, hidden }).join("\n");
  const colour = useView((view) => view.colour);
  const hues = useHues();
  // biome-ignore lint/correctness/useExhaustiveDependencies: the book gives the colours that the reader chose.
  const slots = useMemo(() => bookOf(place).give(drawn ? drawn.split("\n") : []), [drawn, place, hues]);
  const looks = useColoured(slots, runs.byId, colour);

  const listed = { ...runs, rows: runs.pages[0] ?? [] };
  const empty = useEmpty(listed);
  const deleted = useView((view) => view.deleted);
  if (empty && !deleted) return <NoProject place={place} runs={listed} />;
  const refused = !trouble && runs.error instanceof ApiError && runs.error.status === 400 ? runs.error.message : null;
  const failed = runs.error && refused === null && !trouble ? runs.error : null;
  const [matchedText, ofText] = runs.question.deleted
    ? t.table.deletedMatch(runs.matched, runs.total)
    : t.table.matched(runs.matched, runs.total);
  const isNothing = runs.lineCount === 0 && !runs.pending && refused === null && !trouble && !failed;
  return (
    <div className={styles.page}>
      <h1 className="visually-hidden">
        {place.entity} / {place.project}, {t.bar.runs}
      </h1>
      {(runs.pending || runs.stale) && <div className={parts.line} style={{ animationDelay: "200ms" }} />}
      <FilterBar place={place} bad={isTold || refused !== null} matchedText={matchedText!} ofText={ofText!} />
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
      {isTold && (
        <div className={styles.hint} role="status">
          {t.filter.unfinished} {filterMessage(trouble!)}
        </div>
      )}
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
