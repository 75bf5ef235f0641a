/** The versions linked into a collection, newest first: their aliases, set in place, and where each comes from. */
import { useState } from "react";
import { Link, useLocation } from "wouter";
import type { LinkedVersion, LinkedVersions } from "../../net/registries";
import { count, size } from "../../series/format";
import { cutMiddle } from "../../series/names";
import { changeAliases, removeLink } from "../../state/registryEdits";
import { say } from "../../state/toasts";
import { t } from "../../texts";
import { artifactAt, runAt } from "../addresses";
import { AliasChips } from "../artifacts/Chips";
import { Button, Empty, IconButton } from "../parts/Controls";
import { FormDialog } from "../parts/FormDialog";
import { useClock } from "../parts/hooks";
import { Menu, MenuItem, MenuRule } from "../parts/Menus";
import { ago, dayAndTime } from "../parts/moments";
import parts from "../parts/parts.module.css";
import styles from "./registry.module.css";

/** Versions written at first; a press writes more. */
const ROWS_AT_ONCE = 10;

export function VersionTable({ collection }: { collection: LinkedVersions }) {
  const now = useClock(30_000);
  const [most, setMost] = useState(ROWS_AT_ONCE);
  const [leaving, setLeaving] = useState<LinkedVersion | null>(null);
  const { items, name, total } = collection;
  const head = t.registry.versionHead;
  return (
    <section className={parts.card} aria-label={t.artifactPages.versionsOf(name)}>
      <table className={`${parts.table} ${styles.versions}`}>
        <colgroup>
          <col style={{ width: 72 }} />
          <col />
          <col style={{ width: "26%" }} />
          <col style={{ width: "24%" }} />
          <col style={{ width: 40 }} />
        </colgroup>
        <thead>
          <tr>
            <th scope="col">{head.version}</th>
            <th scope="col">{head.aliases}</th>
            <th scope="col">{head.source}</th>
            <th scope="col">{head.linked}</th>
            <td />
          </tr>
        </thead>
        <tbody>
          {items.slice(0, most).map((one) => (
            <tr key={one.version}>
              <td>
                <b className={styles.version}>{one.version}</b>
              </td>
              <td className={styles.aliasCell}>
                <AliasChips
                  versions={items}
                  version={one}
                  writable={collection.writable && !one.hidden}
                  onChange={(aliases) => changeAliases(collection, one.version, aliases)}
                />
              </td>
              <td>
                {one.hidden ? (
                  <span className={styles.muted} title={t.registry.hiddenMore}>
                    {t.registry.hidden}
                  </span>
                ) : (
                  <Source one={one} />
                )}
              </td>
              <td className={styles.muted} title={dayAndTime(one.linked_at)}>
                {ago(one.linked_at, now)}
                {one.linked_by && ` ${t.registry.linkedBy(one.linked_by)}`}
              </td>
              <td className={styles.menuCell}>
                {!one.hidden && (
                  <VersionMenu one={one} writable={collection.writable} onLeave={() => setLeaving(one)} />
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {items.length === 0 && <Empty title={t.registry.nothingLinked} />}
      {(items.length > most || items.length < total) && (
        <p className={styles.hint}>
          {items.length > most ? (
            <Button look="quiet" onClick={() => setMost(most + ROWS_AT_ONCE)}>
              {t.registry.more(Math.min(ROWS_AT_ONCE, items.length - most))}
            </Button>
          ) : (
            t.artifactPages.versionsListed(items.length, total)
          )}
        </p>
      )}
      {leaving && (
        <FormDialog
          title={t.registry.unlinkTitle(`${name}:${leaving.version}`)}
          action={t.registry.unlinkNow}
          danger
          onClose={() => setLeaving(null)}
          onSubmit={async () => {
            await removeLink(collection, leaving.version);
            say(t.registry.unlinked(`${name}:${leaving.version}`));
          }}
        >
          <p>{t.registry.unlinkText(leaving.aliases.length)}</p>
        </FormDialog>
      )}
    </section>
  );
}

type Seen = Extract<LinkedVersion, { hidden: false }>;

function Source({ one }: { one: Seen }) {
  const { source, type } = one;
  const name = `${source.name}:${source.version}`;
  const whole = `${source.entity}/${source.project}/${name}`;
  return (
    <span className={styles.source} title={`${whole}\n${t.files.total(one.file_count, size(one.size_bytes))}`}>
      <Link className={parts.link} href={artifactAt(source, type)}>
        {cutMiddle(name, 40, 12)}
      </Link>
      <span className={styles.what}>{source.project}</span>
    </span>
  );
}

function VersionMenu({ one, writable, onLeave }: { one: Seen; writable: boolean; onLeave: () => void }) {
  const [, navigate] = useLocation();
  const { source, type, run } = one;
  const { tabs } = t.artifactPages;
  return (
    <Menu align="end" trigger={<IconButton icon="more" label={`${t.registry.menu}, ${one.version}`} />}>
      <MenuItem onSelect={() => navigate(artifactAt(source, type))}>{tabs.overview}</MenuItem>
      <MenuItem tail={count(one.file_count)} onSelect={() => navigate(artifactAt(source, type, "files"))}>
        {tabs.files}
      </MenuItem>
      <MenuItem onSelect={() => navigate(artifactAt(source, type, "lineage"))}>{tabs.lineage}</MenuItem>
      {run && (
        <MenuItem tail={cutMiddle(run.name, 24, 9)} onSelect={() => navigate(runAt(run, run.id))}>
          {t.registry.madeBy}
        </MenuItem>
      )}
      {writable && (
        <>
          <MenuRule />
          <MenuItem danger onSelect={onLeave}>
            {t.registry.unlink}
          </MenuItem>
        </>
      )}
    </Menu>
  );
}
