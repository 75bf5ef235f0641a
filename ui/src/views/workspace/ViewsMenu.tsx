/** Saved views: which one is open, the others, and what can be done with it. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useStore } from "zustand";
import { type Place, placeKey } from "../../net/projects";
import { addView, changeSavedView, deleteView, type SavedView, viewsQuery } from "../../net/views";
import { queryClient } from "../../state/live";
import { say } from "../../state/toasts";
import { becomeView, currentSpec, isChanged, openView, resetWorkspace, workspaceStore } from "../../state/workspace";
import { t } from "../../texts";
import { Button } from "../parts/Controls";
import { useKeys, useView } from "../parts/hooks";
import { Icon } from "../parts/Icon";
import { Popover } from "../parts/Menus";
import parts from "../parts/parts.module.css";
import { useWritable } from "../parts/useWritable";
import styles from "./workspace.module.css";

type Naming = { text: string; rename: boolean } | null;

export function ViewsMenu({ place }: { place: Place }) {
  const [open, setOpen] = useState(false);
  const [naming, setNaming] = useState<Naming>(null);
  const saved = useStore(workspaceStore, (state) => state.saved);
  const layout = useStore(workspaceStore, (state) => state.layout);
  const keeping = useStore(workspaceStore, (state) => state.keeping);
  const view = useView((all) => all);
  const changed = isChanged({ saved, layout }, view);
  const views = useQuery({ ...viewsQuery(place), enabled: open }).data ?? [];
  useKeys({ v: () => setOpen(true) });
  const writable = useWritable(place);
  const named = views.filter((one) => one.name !== null);

  const attempt = async (act: () => Promise<SavedView | undefined>) => {
    try {
      const done = await act();
      if (done) becomeView(done);
      setNaming(null);
    } catch (error) {
      say(t.errors.failed((error as Error).message), { tone: "error" });
    }
    void queryClient.invalidateQueries({ queryKey: [...placeKey(place), "views"] });
  };
  const change = (changes: Parameters<typeof changeSavedView>[2]) =>
    attempt(() => changeSavedView(place, saved!.id, changes));
  const name = (text: string) => {
    if (!text.trim()) return setNaming(null);
    if (naming?.rename) void change({ name: text.trim() });
    else void attempt(() => addView(place, { name: text.trim(), spec: currentSpec() }));
  };
  const pick = (id: string | null) => {
    setOpen(false);
    void openView(place, id);
  };
  return (
    <Popover
      label={t.views.label}
      width={288}
      align="end"
      open={open}
      onOpenChange={(now) => {
        setOpen(now);
        setNaming(null);
      }}
      trigger={
        <Button look="quiet" title={changed ? t.views.changed : undefined}>
          <span className={styles.viewName}>{saved ? saved.name : t.views.own}</span>
          {changed && <span className={styles.changed} role="img" aria-label={t.views.changed} />}
          {keeping === "failed" && <span className={styles.unkept}>{t.views.notKept}</span>}
          <Icon name="chevronDown" size={12} />
        </Button>
      }
    >
      <Item text={t.views.own} tail={t.views.ownMore} on={!saved} onPick={() => pick(null)} />
      {named.length > 0 && <div className={parts.rule} />}
      {named.map((one) => (
        <Item
          key={one.id}
          text={one.name!}
          tail={[one.mine ? "" : one.owner, one.default ? t.views.isDefault : "", one.shared ? t.views.isShared : ""]
            .filter(Boolean)
            .join(" · ")}
          on={saved?.id === one.id}
          onPick={() => pick(one.id)}
        />
      ))}
      <div className={parts.rule} />
      {naming ? (
        <form
          className={styles.naming}
          onSubmit={(event) => {
            event.preventDefault();
            name(naming.text);
          }}
        >
          <input
            aria-label={t.views.name}
            placeholder={t.views.name}
            value={naming.text}
            maxLength={128}
            // biome-ignore lint/a11y/noAutofocus: the reader just asked for this field.
            autoFocus
            onChange={(event) => setNaming({ ...naming, text: event.target.value })}
          />
          <Button type="submit" look="primary">
            {t.views.save}
          </Button>
        </form>
      ) : (
        <>
          {saved?.mine && changed && (
            <Item text={t.views.saveChanges} onPick={() => void change({ spec: currentSpec() })} />
          )}
          {saved && changed && <Item text={t.views.discard} onPick={() => pick(saved.id)} />}
          <Item text={t.views.saveAs} onPick={() => setNaming({ text: "", rename: false })} />
          {saved?.mine && (
            <>
              <Item text={t.views.rename} onPick={() => setNaming({ text: saved.name ?? "", rename: true })} />
              {writable && (
                <>
                  <Item
                    text={saved.shared ? t.views.unshare : t.views.share}
                    onPick={() => void change({ shared: !saved.shared })}
                  />
                  <Item
                    text={saved.default ? t.views.noDefault : t.views.makeDefault}
                    onPick={() => void change(saved.default ? { default: false } : { default: true, shared: true })}
                  />
                </>
              )}
              <Item
                text={t.views.delete}
                onPick={() =>
                  void attempt(async () => {
                    await deleteView(place, saved.id);
                    setOpen(false);
                    await openView(place, null);
                    return undefined;
                  })
                }
              />
            </>
          )}
          {!saved && (
            <Item
              text={t.views.reset}
              onPick={() => {
                setOpen(false);
                void resetWorkspace(place);
              }}
            />
          )}
        </>
      )}
    </Popover>
  );
}

function Item({ text, tail, on, onPick }: { text: string; tail?: string; on?: boolean; onPick: () => void }) {
  return (
    <button type="button" className={parts.item} aria-pressed={on} onClick={onPick}>
      {on !== undefined && <span className={parts.itemMark}>{on && <Icon name="check" size={14} />}</span>}
      <span className={parts.itemText} title={text}>
        {text}
      </span>
      {tail && <span className={parts.tail}>{tail}</span>}
    </button>
  );
}
