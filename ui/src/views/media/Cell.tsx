/** What one run logged under a media key, at one step. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { type ReactNode, Suspense } from "react";
import { mediaValueQuery } from "../../net/media";
import type { Place } from "../../net/projects";
import { figure } from "../../series/format";
import { newestUpTo } from "../../series/steps";
import { t } from "../../texts";
import { RunName, Swatch } from "../parts/RunMarks";
import type { DrawnRun } from "../workspace/runs";
import { Guard } from "./Guard";
import { kindOf } from "./kinds";
import styles from "./media.module.css";

/** One run's value. It stays until that of another step is there. */
export function Cell({
  place,
  run: { row, look },
  mediaKey,
  steps,
  at,
  headed,
  nameLength = 28,
  full,
  note,
}: {
  place: Place;
  run: DrawnRun;
  mediaKey: string;
  steps: readonly number[];
  at: number | null;
  headed: boolean;
  nameLength?: number;
  full: boolean;
  /** Written on the value instead of into its head. */
  note?: ReactNode;
}) {
  const step = newestUpTo(steps, at);
  const answer = useQuery({
    ...mediaValueQuery(place, row.id, mediaKey, step),
    placeholderData: keepPreviousData,
  });
  const value = answer.data;
  const Kind = value ? kindOf(String(value.value._type ?? "")) : null;
  return (
    <article className={styles.cell} data-run={row.id} data-step={value?.step}>
      {headed && (
        <header className={styles.cellHead}>
          <Swatch look={look} />
          <RunName name={row.name} length={nameLength} />
          {step !== null && (
            <small>
              {at !== null && step !== at
                ? t.mediaPanels.newestUpTo(figure(step, 12), figure(at, 12))
                : t.mediaPanels.step(figure(step, 12))}
            </small>
          )}
        </header>
      )}
      <div className={styles.cellBody}>
        {step === null ? (
          <p className={styles.said} data-dashed>
            {t.mediaPanels.firstAt(figure(steps[0] ?? 0, 12))}
          </p>
        ) : (
          value &&
          Kind && (
            <Guard key={String(value.value._type)} said={t.mediaPanels.broken}>
              <Suspense fallback={null}>
                <Kind
                  place={place}
                  run={row.id}
                  runName={row.name}
                  mediaKey={mediaKey}
                  step={value.step}
                  value={value.value}
                  files={value.files}
                  labels={value.labels}
                  full={full}
                />
              </Suspense>
            </Guard>
          )
        )}
        {answer.isError && !value && (
          <p className={styles.said}>{t.errors.failed(answer.error.message || t.errors.unreachable)}</p>
        )}
        {note}
      </div>
    </article>
  );
}
