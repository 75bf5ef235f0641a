/** Clean-up in three steps: what to look for, what would go (nothing is removed yet), what was removed. */
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useId, useMemo, useState } from "react";
import type { Place } from "../../net/projects";
import {
  type CleanUpDone,
  type CleanUpItem,
  type CleanUpPlan,
  type CleanUpRules,
  cleanUp,
  planCleanUp,
} from "../../net/storage";
import { size } from "../../series/format";
import { cutMiddle } from "../../series/names";
import { say } from "../../state/toasts";
import { t } from "../../texts";
import { Button, Checkbox } from "../parts/Controls";
import { Dialog } from "../parts/Menus";
import { type SizeColumn, SizeTable } from "./SizeTable";
import styles from "./storage.module.css";

type Rule = "versions" | "deleted" | "failed" | "short";

/** What the fields say at first, in days, versions, seconds. */
const FIRST = { versions: 30, keep: 3, deleted: 7, failed: 30, short: 30, shorter: 60 };
type Figures = typeof FIRST;

function rulesOf(on: ReadonlySet<Rule>, figures: Figures, place?: Place): CleanUpRules {
  const age = (rule: Rule) => ({ older_than_days: figures[rule] });
  return {
    ...place,
    ...(on.has("versions") && { versions: { ...age("versions"), keep_newest: figures.keep } }),
    ...(on.has("deleted") && { deleted: age("deleted") }),
    ...(on.has("failed") && { failed_runs: age("failed") }),
    ...(on.has("short") && { short_runs: { ...age("short"), shorter_than_s: figures.shorter } }),
  };
}

export function CleanUp({ place, onClose }: { place?: Place; onClose: () => void }) {
  const client = useQueryClient();
  const form = useId();
  const [on, setOn] = useState<ReadonlySet<Rule>>(new Set<Rule>(["versions", "deleted"]));
  const [figures, setFigures] = useState(FIRST);
  const [plan, setPlan] = useState<CleanUpPlan | null>(null);
  const [done, setDone] = useState<CleanUpDone | null>(null);
  const [busy, setBusy] = useState(false);

  const attempt = async (work: () => Promise<void>) => {
    setBusy(true);
    try {
      await work();
    } catch (error) {
      say(t.errors.failed((error as Error).message || t.errors.unreachable), { tone: "error" });
    } finally {
      setBusy(false);
    }
  };
  const look = (event: FormEvent) => {
    event.preventDefault();
    void attempt(async () => setPlan(await planCleanUp(rulesOf(on, figures, place))));
  };
  const remove = (items: CleanUpItem[]) =>
    attempt(async () => {
      setDone(await cleanUp(items.map((one) => one.id)));
      // Everything that lists runs, files or versions.
      await client.invalidateQueries();
    });
  const turn = (rule: Rule) => {
    const now = new Set(on);
    if (!now.delete(rule)) now.add(rule);
    setOn(now);
  };
  const figure = (name: keyof Figures, label: string, least = 0) => (
    <input
      type="number"
      min={least}
      max={36_500}
      required
      aria-label={label}
      value={Number.isNaN(figures[name]) ? "" : figures[name]}
      onChange={(event) => setFigures({ ...figures, [name]: event.target.valueAsNumber })}
    />
  );
  const days = (rule: Rule, words: string) => (
    <>
      {words} {figure(rule, `${t.storage.rules[rule]}, ${words} (${t.storage.days})`)} {t.storage.days}
    </>
  );
  return (
    <Dialog
      open
      onClose={onClose}
      title={place ? t.storage.cleanUpOf(place.project) : t.storage.cleanUpTitle}
      foot={
        done ? (
          <Button look="primary" onClick={onClose}>
            {t.actions.close}
          </Button>
        ) : plan ? (
          <>
            <Button onClick={() => setPlan(null)} disabled={busy}>
              {t.storage.back}
            </Button>
            {plan.items.length > 0 && (
              <Button look="danger" disabled={busy} onClick={() => void remove(plan.items)}>
                {busy ? t.storage.removing : t.storage.remove(plan.items.length)}
              </Button>
            )}
          </>
        ) : (
          <>
            <Button onClick={onClose}>{t.actions.cancel}</Button>
            <Button look="primary" type="submit" form={form} disabled={busy || on.size === 0}>
              {busy ? t.storage.looking : t.storage.look}
            </Button>
          </>
        )
      }
    >
      {done && plan ? (
        <Done done={done} plan={plan} />
      ) : plan ? (
        <Plan plan={plan} isOneProject={place !== undefined} />
      ) : (
        <form id={form} onSubmit={look} className={styles.rules}>
          <RuleLine rule="versions" on={on} onTurn={turn}>
            {days("versions", t.storage.olderThan)}, {t.storage.keepNewest}{" "}
            {figure("keep", `${t.storage.keepNewest} ${t.storage.ofEach}`)} {t.storage.ofEach}
          </RuleLine>
          <RuleLine rule="deleted" on={on} onTurn={turn}>
            {days("deleted", t.storage.deletedFor)}
          </RuleLine>
          <RuleLine rule="failed" on={on} onTurn={turn}>
            {days("failed", t.storage.olderThan)}
          </RuleLine>
          <RuleLine rule="short" on={on} onTurn={turn}>
            {days("short", t.storage.olderThan)}, {t.storage.shorterThan}{" "}
            {figure("shorter", `${t.storage.rules.short}, ${t.storage.shorterThan} (${t.storage.seconds})`)}{" "}
            {t.storage.seconds}
          </RuleLine>
        </form>
      )}
    </Dialog>
  );
}

function RuleLine({
  rule,
  on,
  onTurn,
  children,
}: {
  rule: Rule;
  on: ReadonlySet<Rule>;
  onTurn: (rule: Rule) => void;
  children: ReactNode;
}) {
  const note = t.storage.rules[`${rule}Note` as const];
  return (
    <fieldset data-off={!on.has(rule) || undefined}>
      <legend>
        <Checkbox checked={on.has(rule)} label={t.storage.rules[rule]} onChange={() => onTurn(rule)} />
        {/* The box has the name; a press on the words is the same. */}
        <button type="button" tabIndex={-1} aria-hidden="true" onClick={() => onTurn(rule)}>
          {t.storage.rules[rule]}
        </button>
      </legend>
      {on.has(rule) && <div className={styles.figures}>{children}</div>}
      <p>{note}</p>
    </fieldset>
  );
}

function itemName(one: CleanUpItem, place = `${one.entity}/${one.project}/`): string {
  if (one.what === "version") return `${place}${one.name}`;
  return one.what === "run"
    ? t.storage.everythingOf(place + one.name)
    : t.storage.filesOf(one.file_count, place + one.name);
}

const columns = (isOneProject: boolean): SizeColumn<CleanUpItem>[] => [
  {
    key: "item",
    head: t.storage.item,
    isText: true,
    value: (one) => itemName(one),
    show: (one) => (
      <span title={itemName(one)}>{cutMiddle(itemName(one, isOneProject ? "" : `${one.project}/`), 42, 16)}</span>
    ),
  },
  {
    key: "why",
    head: t.storage.why,
    isText: true,
    value: (one) => t.storage.reasons[one.because],
    show: (one) => t.storage.reasons[one.because],
    width: 116,
  },
  {
    key: "size",
    head: t.storage.head.size,
    title: t.storage.sizeTitle,
    value: (one) => one.referenced_bytes,
    show: (one) => size(one.referenced_bytes),
    width: 84,
  },
  {
    key: "frees",
    head: t.storage.head.frees,
    title: t.storage.freesTitle,
    value: (one) => one.freed_bytes,
    show: (one) => size(one.freed_bytes),
    width: 84,
  },
];

function Plan({ plan, isOneProject }: { plan: CleanUpPlan; isOneProject: boolean }) {
  const shown = useMemo(() => columns(isOneProject), [isOneProject]);
  if (plan.items.length === 0) return <p role="status">{t.storage.nothingFound}</p>;
  return (
    <div className={styles.plan}>
      <p role="status">
        <strong>{t.storage.wouldFree(plan.items.length, size(plan.freed_bytes))}</strong>
      </p>
      {plan.truncated && <p className={styles.muted}>{t.storage.moreLater}</p>}
      <div className={styles.list}>
        <SizeTable label={t.storage.look} rows={plan.items} columns={shown} id={(one) => one.id} first="frees" />
      </div>
    </div>
  );
}

function Done({ done, plan }: { done: CleanUpDone; plan: CleanUpPlan }) {
  const names = new Map(plan.items.map((one) => [one.id, itemName(one)]));
  return (
    <div className={styles.plan}>
      <p role="status">
        <strong>{t.storage.done(done.removed.length, size(done.freed_bytes))}</strong>
      </p>
      {done.spared.length > 0 && (
        <>
          <p>{t.storage.spared(done.spared.length)}</p>
          <ul className={styles.spared}>
            {done.spared.slice(0, 100).map((one) => (
              <li key={one.id}>
                {names.get(one.id)}: {t.storage.sparedBecause[one.because](one.holder ?? "")}
              </li>
            ))}
          </ul>
        </>
      )}
      {plan.truncated && <p className={styles.muted}>{t.storage.moreLater}</p>}
    </div>
  );
}
