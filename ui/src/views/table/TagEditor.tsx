/** Adds and takes away tags of one run or many, creating new ones by typing. */
import { useState } from "react";
import type { Place } from "../../net/projects";
import type { RunRow } from "../../net/shapes";
import { count } from "../../series/format";
import { byName } from "../../series/names";
import { edit } from "../../state/edits";
import { say } from "../../state/toasts";
import { t } from "../../texts";
import { Checkbox, Kbd, SearchInput } from "../parts/Controls";
import { Icon } from "../parts/Icon";
import parts from "../parts/parts.module.css";
import styles from "./table.module.css";

export function TagEditor({
  place,
  runs,
  known,
  onDone,
}: {
  place: Place;
  runs: RunRow[];
  known: RunRow[];
  onDone?: () => void;
}) {
  const [find, setFind] = useState("");
  const [now, setNow] = useState(() => runs.map((run) => run.tags));
  const counts = new Map<string, number>();
  for (const run of known) for (const tag of run.tags) counts.set(tag, (counts.get(tag) ?? 0) + 1);
  for (const tags of now) for (const tag of tags) if (!counts.has(tag)) counts.set(tag, 1);
  const wanted = find.trim().normalize("NFC");
  const tags = [...counts.keys()].filter((tag) => tag.toLowerCase().includes(wanted.toLowerCase())).sort(byName);
  const holds = (tag: string) => now.filter((mine) => mine.includes(tag)).length;

  const apply = async (tag: string) => {
    const all = holds(tag) === runs.length;
    const before = now;
    setNow(now.map((mine) => (all ? mine.filter((one) => one !== tag) : [...new Set([...mine, tag])])));
    try {
      await edit(
        place,
        runs.map((run) => run.id),
        all ? { remove_tags: [tag] } : { add_tags: [tag] },
      );
    } catch (error) {
      setNow(before);
      say(t.errors.failed((error as Error).message), { tone: "error" });
    }
  };
  const create = async () => {
    if (!wanted) return;
    setFind("");
    await apply(wanted);
  };
  return (
    <div className={styles.tagMenu}>
      <SearchInput
        label={t.table.tagInput}
        value={find}
        onChange={(event) => setFind(event.target.value)}
        onKeyDown={(event) => {
          if (event.key !== "Enter") return;
          event.preventDefault();
          const exact = tags.find((tag) => tag === wanted);
          if (wanted && (!exact || holds(exact) < runs.length)) void create();
          else onDone?.();
        }}
      />
      <div className={styles.tagList}>
        {tags.map((tag) => {
          const held = holds(tag);
          return (
            <div key={tag} className={parts.item}>
              <Checkbox
                checked={held === runs.length ? true : held > 0 ? "mixed" : false}
                label={tag}
                onChange={() => void apply(tag)}
              />
              <button
                type="button"
                tabIndex={-1}
                style={{ flex: 1, textAlign: "left" }}
                onClick={() => void apply(tag)}
              >
                {tag}
              </button>
              <span className={parts.tail}>{count(counts.get(tag) ?? 0)}</span>
            </div>
          );
        })}
        {wanted && !counts.has(wanted) && (
          <button type="button" className={parts.item} onClick={() => void create()}>
            <Icon name="plus" size={14} />
            {t.table.createTag(wanted)}
            <span className={parts.tail}>
              <Kbd>↵</Kbd>
            </span>
          </button>
        )}
      </div>
    </div>
  );
}
