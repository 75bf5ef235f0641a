/** One registry: its collections, what it is for, and the line that links into it. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation } from "wouter";
import { type Registry, registryCollectionsQuery, registryQuery } from "../../net/registries";
import { changeRegistry, removeRegistry } from "../../state/registryEdits";
import { say } from "../../state/toasts";
import { t } from "../../texts";
import { registriesAt, registryAt } from "../addresses";
import { copyText, IconButton } from "../parts/Controls";
import { EditedMarkdown } from "../parts/EditedMarkdown";
import { Field } from "../parts/Field";
import { FormDialog } from "../parts/FormDialog";
import heads from "../parts/head.module.css";
import { useClock, useTitle } from "../parts/hooks";
import { Menu, MenuItem, MenuRule } from "../parts/Menus";
import { ago, dayAndTime } from "../parts/moments";
import { CollectionTable } from "./CollectionTable";
import { Lines, pathOf } from "./parts";
import styles from "./registry.module.css";
import { isUnreadable, Unreadable } from "./Unreadable";

const ASKED_EVERY_MS = 10_000;

export function RegistryPage({ name }: { name: string }) {
  useTitle(name);
  const answer = useQuery({ ...registryQuery(name), refetchInterval: ASKED_EVERY_MS });
  const listed = useQuery({ ...registryCollectionsQuery(name), refetchInterval: ASKED_EVERY_MS });
  const registry = answer.data;
  if (isUnreadable(answer.error, registry)) {
    return (
      <Unreadable
        error={answer.error}
        gone={t.registry.goneRegistry(name)}
        up={{ href: registriesAt, name: t.registry.all }}
        onRetry={() => void answer.refetch()}
      />
    );
  }
  if (!registry || !listed.data) return null;
  return (
    <div className={styles.page}>
      <Head registry={registry} />
      <div className={styles.columns} data-stacked="true">
        <div className={styles.column}>
          <CollectionTable groups={[{ registry, collections: listed.data.collections }]} />
        </div>
        <div className={styles.column}>
          <EditedMarkdown
            id="registry-about"
            title={t.registry.about}
            text={registry.description}
            empty={t.registry.noAbout}
            editLabel={t.registry.editAbout}
            inputLabel={t.registry.aboutLabel}
            writable={registry.writable && registry.shared}
            onSave={(description) => changeRegistry(name, { description })}
          />
          {registry.writable && (
            <Lines
              id="registry-link"
              title={t.registry.linkHere}
              lines={(tool) => [
                "run.link_artifact(",
                `    artifact, "${pathOf(tool, registry.name, "COLLECTION")}",`,
                '    aliases=["production"],',
                ")",
              ]}
            >
              <p className={styles.hint}>{t.registry.linkHereNote}</p>
            </Lines>
          )}
        </div>
      </div>
    </div>
  );
}

function Head({ registry }: { registry: Registry }) {
  const [, navigate] = useLocation();
  const [open, setOpen] = useState<"rename" | "delete" | null>(null);
  const [name, setName] = useState(registry.name);
  const now = useClock(30_000);
  const rename = async () => {
    const wanted = name.trim();
    await changeRegistry(registry.name, { name: wanted });
    say(t.registry.renamed(wanted));
    navigate(registryAt(wanted), { replace: true });
  };
  const remove = async () => {
    await removeRegistry(registry.name);
    say(t.registry.deleted(registry.name));
    navigate(registriesAt, { replace: true });
  };
  return (
    <header className={styles.head}>
      <div className={heads.line}>
        <Link href={registriesAt} className={heads.up}>
          {t.registry.title}
        </Link>
        <span className={heads.slash}>/</span>
        <h1 className={heads.name} title={registry.name}>
          {registry.name}
        </h1>
        <span className={heads.actions}>
          <Menu align="end" trigger={<IconButton icon="more" label={t.registry.menu} />}>
            <MenuItem onSelect={() => void copyText(registry.name)}>{t.registry.copyName}</MenuItem>
            {registry.deletable && (
              <>
                <MenuItem
                  onSelect={() => {
                    setName(registry.name);
                    setOpen("rename");
                  }}
                >
                  {t.registry.rename}
                </MenuItem>
                <MenuRule />
                <MenuItem danger onSelect={() => setOpen("delete")}>
                  {t.registry.delete}
                </MenuItem>
              </>
            )}
          </Menu>
        </span>
      </div>
      <div className={heads.facts}>
        <span>
          <b>{t.registry.collections(registry.collections)}</b>
        </span>
        <span>
          <b>{t.registry.versions(registry.versions)}</b>
        </span>
        {registry.types.length > 0 && <span>{t.registry.takes(registry.types.join(", "))}</span>}
        {!registry.shared && <span>{t.registry.ownedByMore(registry.entity)}</span>}
        <span title={dayAndTime(registry.updated_at)}>
          {t.registry.updated} <b>{ago(registry.updated_at, now)}</b>
        </span>
      </div>
      {open === "rename" && (
        <FormDialog
          title={t.registry.renameTitle(registry.name)}
          action={t.actions.save}
          ready={name.trim() !== "" && name.trim() !== registry.name}
          onClose={() => setOpen(null)}
          onSubmit={rename}
        >
          <p>{t.registry.renameText}</p>
          <Field label={t.registry.name} value={name} onChange={setName} first />
        </FormDialog>
      )}
      {open === "delete" && (
        <FormDialog
          title={t.registry.deleteTitle(registry.name)}
          action={t.registry.deleteNow}
          danger
          onClose={() => setOpen(null)}
          onSubmit={remove}
        >
          <p>{t.registry.deleteText(t.registry.collections(registry.collections))}</p>
        </FormDialog>
      )}
    </header>
  );
}
