/** Name, state, tags and facts of a run, the same on every tab. */
import { useState } from "react";
import { Link, useLocation } from "wouter";
import { historyAddress, type Place, stopRun } from "../../net/projects";
import type { Run } from "../../net/shapes";
import { count, duration } from "../../series/format";
import { say } from "../../state/toasts";
import { changeView } from "../../state/view";
import { t } from "../../texts";
import { tableAt } from "../addresses";
import { Button, copyText, IconButton, Tag } from "../parts/Controls";
import heads from "../parts/head.module.css";
import { useClock, useKeys, useView } from "../parts/hooks";
import { Icon } from "../parts/Icon";
import { KeyHint } from "../parts/KeyCaps";
import { Dialog, Menu, MenuItem, MenuRule, Popover } from "../parts/Menus";
import { dayAndTime } from "../parts/moments";
import { State, Swatch } from "../parts/RunMarks";
import { useWritable } from "../parts/useWritable";
import { EditField } from "../table/EditField";
import { editWithUndo } from "../table/editWithUndo";
import { removeWithUndo } from "../table/SelectionBar";
import { TagEditor } from "../table/TagEditor";
import { bookOf } from "../workspace/runs";
import styles from "./run.module.css";

const text = (value: unknown): string => (typeof value === "string" ? value : "");

export function RunHead({ place, run }: { place: Place; run: Run }) {
  const [, navigate] = useLocation();
  const [naming, setNaming] = useState(false);
  const [tagging, setTagging] = useState(false);
  const [stopping, setStopping] = useState(false);
  const live = run.state === "running" || run.state === "pending";
  const now = useClock(1000, live);
  const writable = useWritable(place);
  const isBaseline = useView((view) => view.baseline) === run.id;
  const compare = () => changeView({ baseline: isBaseline ? null : run.id });
  useKeys({ b: compare });
  useKeys(
    {
      e: (event) => {
        event.preventDefault();
        setNaming(true);
      },
      t: (event) => {
        event.preventDefault();
        setTagging(true);
      },
    },
    writable,
  );
  const rename = async (name: string | null) => {
    setNaming(false);
    if (!name || name === run.name) return;
    await editWithUndo(place, [run.id], { name }, [run]);
  };
  const stop = async () => {
    setStopping(false);
    try {
      await stopRun(place, run.id);
      say(t.run.stopAsked);
    } catch (error) {
      say(t.errors.failed((error as Error).message), { tone: "error" });
    }
  };
  const remove = async () => {
    navigate(tableAt(place));
    await removeWithUndo(place, [run.id]);
  };
  const git = (run.meta.git ?? {}) as { commit?: string; branch?: string; dirty?: boolean };
  const seconds = live ? Math.max(now - run.created_at, run.runtime_s ?? 0) : run.runtime_s;
  return (
    <>
      <div className={heads.line}>
        <Link href={tableAt(place)} className={styles.back}>
          <Icon name="arrowLeft" />
          {t.run.back}
        </Link>
        <span className={heads.slash}>/</span>
        <Swatch look={bookOf(place).look(run.id)} />
        {naming ? (
          <EditField
            className={styles.nameEdit!}
            label={t.run.name}
            value={run.name}
            onDone={(name) => void rename(name)}
          />
        ) : (
          <>
            <h1 className={heads.name} title={run.name}>
              {run.name}
            </h1>
            {writable && <IconButton icon="pencil" label={t.run.rename} onClick={() => setNaming(true)} />}
          </>
        )}
        <State state={run.state} text={t.stateHead(t.states[run.state], run.exit_code)} />
        {isBaseline && <small className={styles.isBaseline}>{t.run.isBaseline}</small>}
        <span className={heads.actions}>
          {live && writable && !run.stop_requested && (
            <Button look="danger" onClick={() => setStopping(true)}>
              {t.run.stop}
            </Button>
          )}
          {live && run.stop_requested && <span style={{ color: "var(--muted)" }}>{t.run.stopAsked}</span>}
          <Menu align="end" trigger={<IconButton icon="more" label={t.run.more} />}>
            <MenuItem onSelect={compare} tail={<KeyHint of="b" />}>
              {isBaseline ? t.run.noBaseline : t.run.makeBaseline}
            </MenuItem>
            <MenuItem onSelect={() => void copyText(`${place.entity}/${place.project}/${run.id}`)}>
              {t.run.copyPath}
            </MenuItem>
            <MenuItem onSelect={() => window.location.assign(historyAddress(place, run.id, "csv"))}>
              {t.run.csv}
            </MenuItem>
            <MenuItem onSelect={() => window.location.assign(historyAddress(place, run.id, "jsonl"))}>
              {t.run.jsonl}
            </MenuItem>
            <MenuItem onSelect={() => window.location.assign(historyAddress(place, run.id, "parquet"))}>
              {t.run.parquet}
            </MenuItem>
            {writable && (
              <>
                <MenuRule />
                <MenuItem danger onSelect={() => void remove()}>
                  {t.run.delete}
                </MenuItem>
              </>
            )}
          </Menu>
        </span>
      </div>
      <div className={heads.facts}>
        {(writable || run.tags.length > 0) && (
          <span>
            {run.tags.map((tag) => (
              <Tag key={tag}>{tag}</Tag>
            ))}
            {writable && (
              <Popover
                label={t.table.tagTitle(1)}
                width={232}
                open={tagging}
                onOpenChange={setTagging}
                trigger={
                  <button type="button" className={heads.add} aria-label={t.table.addTag}>
                    <Icon name="plus" size={12} />
                    {t.run.addTag}
                  </button>
                }
              >
                <TagEditor place={place} runs={[run]} known={[run]} onDone={() => setTagging(false)} />
              </Popover>
            )}
          </span>
        )}
        {seconds !== null && (
          <span>
            {live ? t.run.running : t.run.ran} <b>{duration(seconds)}</b>
          </span>
        )}
        <span>
          {t.run.started} <b>{dayAndTime(run.created_at)}</b>
        </span>
        <span>
          {t.run.by} <b>{run.user}</b>
        </span>
        {text(run.meta.host) && (
          <span>
            {t.run.on} <b>{text(run.meta.host)}</b>
          </span>
        )}
        {run.last_step !== null && run.last_step >= 0 && (
          <span>
            {t.run.lastStep} <b>{count(run.last_step)}</b>
          </span>
        )}
        {git.commit && (
          <span>
            {t.run.git} <code title={git.commit}>{git.commit.slice(0, 7)}</code>
            {git.branch && t.run.branch(git.branch)}
            {git.dirty && ` + ${t.run.dirty}`}
          </span>
        )}
      </div>
      <Dialog
        open={stopping}
        onClose={() => setStopping(false)}
        title={t.run.stopRun}
        foot={
          <>
            <Button onClick={() => setStopping(false)}>{t.actions.cancel}</Button>
            <Button look="danger" onClick={() => void stop()}>
              {t.run.stopRun}
            </Button>
          </>
        }
      >
        {t.run.stopText}
      </Dialog>
    </>
  );
}
