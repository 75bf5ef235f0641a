/** Aliases and tags of a version, changed where they stand. */
import { useState } from "react";
import type { CollectionVersions } from "../../net/artifacts";
import type { Place } from "../../net/projects";
import type { WholeVersion } from "../../net/shapes";
import { byName } from "../../series/names";
import { changeVersion } from "../../state/artifactEdits";
import { say } from "../../state/toasts";
import { t } from "../../texts";
import { Kbd, SearchInput, Tag } from "../parts/Controls";
import { Icon } from "../parts/Icon";
import { Popover } from "../parts/Menus";
import parts from "../parts/parts.module.css";
import styles from "./artifacts.module.css";

const LATEST = "latest";

const fail = (error: unknown) => say(t.errors.failed((error as Error).message), { tone: "error" });

export function AliasChips({
  place,
  collection,
  version,
}: {
  place: Place;
  collection: CollectionVersions;
  version: WholeVersion;
}) {
  const [open, setOpen] = useState(false);
  const change = async (aliases: string[]) => {
    try {
      await changeVersion(place, version.name, version.version, { aliases });
    } catch (error) {
      fail(error);
    }
  };
  const set = async (alias: string) => {
    setOpen(false);
    const from = collection.items.find((one) => one.aliases.includes(alias));
    await change([...version.aliases, alias]);
    if (from) say(t.artifactPages.aliasMoved(alias, from.version, version.version));
  };
  return (
    <span className={styles.chips}>
      {version.aliases.map((alias) => (
        <Tag
          key={alias}
          onRemove={alias === LATEST ? undefined : () => void change(version.aliases.filter((one) => one !== alias))}
        >
          {alias}
        </Tag>
      ))}
      <Popover
        label={t.artifactPages.aliases}
        width={264}
        open={open}
        onOpenChange={setOpen}
        trigger={
          <button type="button" className={styles.add} aria-label={t.artifactPages.addAliasLabel}>
            <Icon name="plus" size={12} />
            {t.artifactPages.addAlias}
          </button>
        }
      >
        <AliasMenu collection={collection} version={version} onSet={(alias) => void set(alias)} />
      </Popover>
    </span>
  );
}

/** Why a name can't be an alias; null if it can. */
function refusal(alias: string): string | null {
  return /^v\d+$/.test(alias) || /[/:]/.test(alias) ? t.artifactPages.aliasNever : null;
}

function AliasMenu({
  collection,
  version,
  onSet,
}: {
  collection: CollectionVersions;
  version: WholeVersion;
  onSet: (alias: string) => void;
}) {
  const [find, setFind] = useState("");
  const wanted = find.trim().normalize("NFC");
  const holder = new Map(collection.items.flatMap((one) => one.aliases.map((alias) => [alias, one.version] as const)));
  const others = [...holder.keys()]
    .filter((alias) => alias !== LATEST && !version.aliases.includes(alias))
    .filter((alias) => alias.toLowerCase().includes(wanted.toLowerCase()))
    .sort(byName);
  const refused = wanted ? refusal(wanted) : null;
  const isNew = wanted !== "" && !holder.has(wanted) && !refused;
  return (
    <div className={styles.menu}>
      <SearchInput
        label={t.artifactPages.aliasInput}
        value={find}
        onChange={(event) => setFind(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.nativeEvent.isComposing) return;
          event.preventDefault();
          if (wanted && !refused && !version.aliases.includes(wanted)) onSet(wanted);
        }}
      />
      <div className={styles.menuList}>
        {others.map((alias) => (
          <button key={alias} type="button" className={parts.item} onClick={() => onSet(alias)}>
            <span className={parts.itemText}>{alias}</span>
            <span className={parts.tail}>{t.artifactPages.aliasMoves(holder.get(alias)!)}</span>
          </button>
        ))}
        {isNew && (
          <button type="button" className={parts.item} onClick={() => onSet(wanted)}>
            <Icon name="plus" size={14} />
            <span className={parts.itemText}>{t.artifactPages.createAlias(wanted)}</span>
            <span className={parts.tail}>
              <Kbd>↵</Kbd>
            </span>
          </button>
        )}
        {refused && (
          <p className={styles.menuNote} role="status">
            {refused}
          </p>
        )}
        {wanted && version.aliases.includes(wanted) && <p className={styles.menuNote}>{t.artifactPages.aliasHere}</p>}
      </div>
    </div>
  );
}

export function TagChips({ place, version }: { place: Place; version: WholeVersion }) {
  const [adding, setAdding] = useState(false);
  const [text, setText] = useState("");
  const change = async (edit: { add_tags?: string[]; remove_tags?: string[] }) => {
    try {
      await changeVersion(place, version.name, version.version, edit);
    } catch (error) {
      fail(error);
    }
  };
  const finish = (keep: boolean) => {
    const tag = text.trim().normalize("NFC");
    setAdding(false);
    setText("");
    if (keep && tag && !version.tags.includes(tag)) void change({ add_tags: [tag] });
  };
  return (
    <span className={styles.chips}>
      {version.tags.map((tag) => (
        <Tag key={tag} onRemove={() => void change({ remove_tags: [tag] })}>
          {tag}
        </Tag>
      ))}
      {adding ? (
        <input
          // biome-ignore lint/a11y/noAutofocus: the reader asked to type exactly this.
          autoFocus
          className={styles.tagInput}
          aria-label={t.artifactPages.tagInput}
          value={text}
          onChange={(event) => setText(event.target.value)}
          onBlur={() => finish(true)}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key === "Enter" && !event.nativeEvent.isComposing) finish(true);
            if (event.key === "Escape") finish(false);
          }}
        />
      ) : (
        <button
          type="button"
          className={styles.add}
          aria-label={t.artifactPages.addTagLabel}
          onClick={() => setAdding(true)}
        >
          <Icon name="plus" size={12} />
          {t.artifactPages.addTag}
        </button>
      )}
    </span>
  );
}
