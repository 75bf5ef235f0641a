/** Aliases and tags of a version, changed where they stand. */
import { useState } from "react";
import { canBeAlias } from "../../series/aliases";
import { byName } from "../../series/names";
import { say } from "../../state/toasts";
import { t } from "../../texts";
import { Kbd, SearchInput, Tag } from "../parts/Controls";
import heads from "../parts/head.module.css";
import { Icon } from "../parts/Icon";
import { Popover } from "../parts/Menus";
import parts from "../parts/parts.module.css";
import styles from "./artifacts.module.css";

const LATEST = "latest";

const fail = (error: unknown) => say(t.errors.failed((error as Error).message), { tone: "error" });

/** A version as aliases see it. */
interface Named {
  version: string;
  aliases: string[];
}

export function AliasChips({
  versions,
  version,
  writable = true,
  onChange,
}: {
  /** All of the collection: an alias is on one of them at a time. */
  versions: Named[];
  version: Named;
  writable?: boolean;
  /** Lets exactly these aliases name the version. */
  onChange: (aliases: string[]) => Promise<void>;
}) {
  const [open, setOpen] = useState(false);
  const change = async (aliases: string[]) => {
    try {
      await onChange(aliases);
      return true;
    } catch (error) {
      fail(error);
      return false;
    }
  };
  const set = async (alias: string) => {
    setOpen(false);
    const from = versions.find((one) => one.aliases.includes(alias));
    if ((await change([...version.aliases, alias])) && from)
      say(t.artifactPages.aliasMoved(alias, from.version, version.version));
  };
  return (
    <span className={styles.chips}>
      {version.aliases.map((alias) => (
        <Tag
          key={alias}
          onRemove={
            alias === LATEST || !writable
              ? undefined
              : () => void change(version.aliases.filter((one) => one !== alias))
          }
        >
          {alias}
        </Tag>
      ))}
      {writable && (
        <Popover
          label={t.artifactPages.aliases}
          width={264}
          open={open}
          onOpenChange={setOpen}
          trigger={
            <button type="button" className={heads.add} aria-label={t.artifactPages.addAliasLabel}>
              <Icon name="plus" size={12} />
              {t.artifactPages.addAlias}
            </button>
          }
        >
          <AliasMenu versions={versions} version={version} onSet={(alias) => void set(alias)} />
        </Popover>
      )}
    </span>
  );
}

function AliasMenu({
  versions,
  version,
  onSet,
}: {
  versions: Named[];
  version: Named;
  onSet: (alias: string) => void;
}) {
  const [find, setFind] = useState("");
  const wanted = find.trim().normalize("NFC");
  const holder = new Map(versions.flatMap((one) => one.aliases.map((alias) => [alias, one.version] as const)));
  const others = [...holder.keys()]
    .filter((alias) => alias !== LATEST && !version.aliases.includes(alias))
    .filter((alias) => alias.toLowerCase().includes(wanted.toLowerCase()))
    .sort(byName);
  const refused = wanted && !canBeAlias(wanted) ? t.artifactPages.aliasNever : null;
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

export function TagChips({
  tags,
  writable = true,
  onChange,
}: {
  tags: string[];
  writable?: boolean;
  onChange: (edit: { add_tags?: string[]; remove_tags?: string[] }) => Promise<void>;
}) {
  const [adding, setAdding] = useState(false);
  const [text, setText] = useState("");
  const change = async (edit: { add_tags?: string[]; remove_tags?: string[] }) => {
    try {
      await onChange(edit);
    } catch (error) {
      fail(error);
    }
  };
  const finish = (keep: boolean) => {
    const tag = text.trim().normalize("NFC");
    setAdding(false);
    setText("");
    if (keep && tag && !tags.includes(tag)) void change({ add_tags: [tag] });
  };
  return (
    <span className={styles.chips}>
      {tags.map((tag) => (
        <Tag key={tag} onRemove={writable ? () => void change({ remove_tags: [tag] }) : undefined}>
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
        writable && (
          <button
            type="button"
            className={heads.add}
            aria-label={t.artifactPages.addTagLabel}
            onClick={() => setAdding(true)}
          >
            <Icon name="plus" size={12} />
            {t.artifactPages.addTag}
          </button>
        )
      )}
    </span>
  );
}
