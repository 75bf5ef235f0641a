/** The tables of two drawn runs under one key, row by row. */
import { keepPreviousData, useQueries } from "@tanstack/react-query";
import { type MediaValue, mediaValueQuery } from "../../net/media";
import type { Place } from "../../net/projects";
import { figure } from "../../series/format";
import { tableAddress, tablePaths } from "../../series/loggedTable";
import { newestUpTo } from "../../series/steps";
import { t } from "../../texts";
import { Button } from "../parts/Controls";
import type { DrawnRun } from "../workspace/runs";
import { Missing, Waiting } from "./Missing";
import { RunChoice } from "./RunChoice";
import TableCompare from "./TableCompare";
import { type ComparedItem, useCompared } from "./useCompared";

export default function CompareRunTables({
  place,
  runs,
  mediaKey,
  byRun,
  at,
  lead,
}: {
  place: Place;
  runs: DrawnRun[];
  mediaKey: string;
  byRun: ReadonlyMap<string, number[]>;
  at: number | null;
  lead: React.ReactNode;
}) {
  const { items, change } = useCompared(runs, byRun, 2, 2);
  const answers = useQueries({
    queries: items.map(({ run, step, steps }) => ({
      ...mediaValueQuery(place, run, mediaKey, newestUpTo(steps, step ?? at)),
      placeholderData: keepPreviousData,
    })),
  });
  const [first, second] = items;
  const bar = (
    <>
      {lead}
      {items.map((item, i) => (
        <RunChoice
          // biome-ignore lint/suspicious/noArrayIndexKey: a side is its position.
          key={i}
          item={item}
          runs={runs}
          at={at}
          onChange={(next) => change(items.map((one, j) => (j === i ? next : one)))}
        />
      ))}
      {first && second && (
        <Button look="quiet" onClick={() => change([second, first])}>
          {t.tableCompare.swap}
        </Button>
      )}
    </>
  );
  const values = answers.map(({ data }) => data ?? null);
  const before = first && side(first, values[0] ?? null, at);
  const after = second && side(second, values[1] ?? null, at);
  if (!first || !second) return <Missing>{t.mediaPanels.nobody}</Missing>;
  if (!before || !after) return answers.some(({ isPending }) => isPending) ? <Waiting /> : <Missing />;
  return <TableCompare place={place} mediaKey={mediaKey} sides={{ before, after }} lead={bar} />;
}

function side({ drawn, steps, step }: ComparedItem, value: MediaValue | null, at: number | null) {
  const paths = value ? tablePaths(value.value) : [];
  if (!value || paths.length === 0) return null;
  const shown = newestUpTo(steps, step ?? at);
  const name =
    steps.length > 1 && shown !== null ? `${drawn.row.name}, ${t.mediaPanels.step(figure(shown, 12))}` : drawn.row.name;
  return { side: { run: value.run, paths, address: tableAddress(value.value) }, name };
}
