/** Pictures of drawn runs against one another: two to four of them, a sample at a time. */
import { keepPreviousData, useQueries } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { mediaValueQuery } from "../../net/media";
import type { Place } from "../../net/projects";
import { figure } from "../../series/format";
import { type Picture, readPictures } from "../../series/pictures";
import { newestUpTo } from "../../series/steps";
import { t } from "../../texts";
import { Button, IconButton } from "../parts/Controls";
import { useKeys } from "../parts/hooks";
import { Icon } from "../parts/Icon";
import type { DrawnRun } from "../workspace/runs";
import { type ComparedPicture, type CompareMode, MOST_COMPARED, PictureCompare } from "./PictureCompare";
import styles from "./pictureCompare.module.css";
import { RunChoice } from "./RunChoice";
import { useCompared } from "./useCompared";

export default function CompareRuns({
  place,
  runs,
  mediaKey,
  byRun,
  at,
  mode,
  lead,
}: {
  place: Place;
  runs: DrawnRun[];
  mediaKey: string;
  byRun: ReadonlyMap<string, number[]>;
  at: number | null;
  mode: CompareMode;
  lead: React.ReactNode;
}) {
  const { items, change } = useCompared(runs, byRun, 2, MOST_COMPARED);
  const [sample, setSample] = useState(0);
  const answers = useQueries({
    queries: items.map(({ run, step, steps }) => ({
      ...mediaValueQuery(place, run, mediaKey, newestUpTo(steps, step ?? at)),
      placeholderData: keepPreviousData,
    })),
  });
  const values = answers.map(({ data }) => data ?? null);
  const known = JSON.stringify(
    values.map((value) => value && [value.run, value.step, Object.values(value.files).length]),
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: values are new when they are of another run or step.
  const lists = useMemo(
    (): Picture[][] =>
      values.map((value) =>
        value ? readPictures(value.value, value.labels as Parameters<typeof readPictures>[1]) : [],
      ),
    [known],
  );
  const samples = Math.max(...lists.map((list) => list.length), 0);
  const chosen = Math.min(sample, Math.max(samples - 1, 0));
  const go = (by: number) => setSample((chosen + by + samples) % Math.max(samples, 1));
  useKeys({ "[": () => go(-1), "]": () => go(1) }, samples > 1);
  const set = (i: number, next: { run: string; step: number | null }) =>
    change(items.map((one, j) => (j === i ? next : one)));
  const shown: ComparedPicture[] = items.map((item, i) => {
    const step = newestUpTo(item.steps, item.step ?? at);
    return {
      id: `${i}`,
      name: step === null ? item.drawn.row.name : `${item.drawn.row.name}, ${t.mediaPanels.step(figure(step, 12))}`,
      head: (
        <RunChoice
          item={item}
          runs={runs}
          at={at}
          onChange={(next) => set(i, next)}
          onRemove={mode === "side" && items.length > 2 ? () => change(items.filter((_, j) => j !== i)) : undefined}
        />
      ),
      mediaKey,
      picture: lists[i]?.[chosen] ?? null,
      files: values[i]?.files ?? {},
    };
  });
  const missing = runs.find(({ row }) => !items.some(({ run }) => run === row.id));
  return (
    <PictureCompare
      items={mode === "side" ? shown : shown.slice(0, 2)}
      mode={mode}
      before={
        <>
          {lead}
          {samples > 1 && (
            <span className={styles.sample}>
              <IconButton icon="chevronLeft" label={t.pictureCompare.previousSample} onClick={() => go(-1)} />
              <IconButton icon="chevronRight" label={t.pictureCompare.nextSample} onClick={() => go(1)} />
              {t.pictureCompare.sample(chosen + 1, samples)}
            </span>
          )}
        </>
      }
      after={
        mode === "side" ? (
          items.length < MOST_COMPARED &&
          items[0] && (
            <Button
              look="quiet"
              onClick={() => {
                const next = missing?.row.id ?? items[0]!.run;
                change([...items, { run: next, step: missing ? null : (items[0]!.steps[0] ?? null) }]);
              }}
            >
              <Icon name="plus" size={14} />
              {t.pictureCompare.add}
            </Button>
          )
        ) : (
          <Button look="quiet" onClick={() => items.length > 1 && change([items[1]!, items[0]!, ...items.slice(2)])}>
            {t.pictureCompare.swap}
          </Button>
        )
      }
    />
  );
}
