/** One collection of a registry: model card, linked versions, who moved which alias, which runs use it, how to. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation } from "wouter";
import { type LinkedVersions, linkedVersionsQuery } from "../../net/registries";
import { changeCollection, removeCollectionOf } from "../../state/registryEdits";
import { say } from "../../state/toasts";
import { t } from "../../texts";
import { registriesAt, registryAt } from "../addresses";
import { TagChips } from "../artifacts/Chips";
import { copyText, IconButton } from "../parts/Controls";
import { EditedMarkdown } from "../parts/EditedMarkdown";
import { FormDialog } from "../parts/FormDialog";
import heads from "../parts/head.module.css";
import { useClock, useTitle } from "../parts/hooks";
import { Menu, MenuItem, MenuRule } from "../parts/Menus";
import { ago, dayAndTime } from "../parts/moments";
import { AliasHistory } from "./AliasHistory";
import { Lines, pathOf } from "./parts";
import styles from "./registry.module.css";
import { isUnreadable, Unreadable } from "./Unreadable";
import { UsedBy } from "./UsedBy";
import { VersionTable } from "./VersionTable";

const ASKED_EVERY_MS = 10_000;
const LATEST = "latest";
const PRODUCTION = "production";

export function CollectionPage({ registry, name }: { registry: string; name: string }) {
  useTitle(name);
  const answer = useQuery({ ...linkedVersionsQuery(registry, name), refetchInterval: ASKED_EVERY_MS });
  const collection = answer.data;
  if (isUnreadable(answer.error, collection)) {
    return (
      <Unreadable
        error={answer.error}
        gone={t.registry.goneCollection(name)}
        up={{ href: registryAt(registry), name: registry }}
        onRetry={() => void answer.refetch()}
      />
    );
  }
  if (!collection) return null;
  return (
    <div className={styles.page}>
      <Head collection={collection} />
      <div className={styles.columns}>
        <div className={styles.column}>
          <VersionTable collection={collection} />
          <EditedMarkdown
            id="registry-card"
            title={t.registry.card(collection.type)}
            text={collection.description ?? ""}
            empty={t.registry.noCard}
            editLabel={t.registry.editCard}
            inputLabel={t.registry.cardLabel}
            isLong
            writable={collection.writable}
            onSave={(description) => changeCollection(collection, { description })}
          />
        </div>
        <div className={styles.column}>
          <UseIt collection={collection} />
          <AliasHistory moves={collection.alias_moves} />
          <UsedBy users={collection.used_by} />
        </div>
      </div>
    </div>
  );
}

function Head({ collection }: { collection: LinkedVersions }) {
  const [, navigate] = useLocation();
  const [deleting, setDeleting] = useState(false);
  const now = useClock(30_000);
  const { registry, name } = collection;
  const remove = async () => {
    await removeCollectionOf(collection);
    say(t.registry.deleted(name));
    navigate(registryAt(registry), { replace: true });
  };
  return (
    <header className={styles.head}>
      <div className={heads.line}>
        <Link href={registriesAt} className={heads.up}>
          {t.registry.title}
        </Link>
        <span className={heads.slash}>/</span>
        <Link href={registryAt(registry)} className={heads.up} title={registry}>
          {registry}
        </Link>
        <span className={heads.slash}>/</span>
        <h1 className={heads.name} title={name}>
          {name}
        </h1>
        <span className={heads.actions}>
          <Menu align="end" trigger={<IconButton icon="more" label={t.registry.menu} />}>
            <MenuItem onSelect={() => void copyText(pathOf("runwell", registry, name))}>{t.registry.copyName}</MenuItem>
            {collection.deletable && (
              <>
                <MenuRule />
                <MenuItem danger onSelect={() => setDeleting(true)}>
                  {t.registry.deleteCollection}
                </MenuItem>
              </>
            )}
          </Menu>
        </span>
      </div>
      <div className={heads.facts}>
        <span>
          {t.registry.head.type} <b>{collection.type}</b>
        </span>
        <span>
          <b>{t.registry.versions(collection.total)}</b>
        </span>
        <span title={dayAndTime(collection.updated_at)}>
          {t.registry.updated} <b>{ago(collection.updated_at, now)}</b>
        </span>
        <span>
          <TagChips
            tags={collection.tags}
            writable={collection.writable}
            onChange={(edit) => changeCollection(collection, edit)}
          />
        </span>
      </div>
      {deleting && (
        <FormDialog
          title={t.registry.deleteCollectionTitle(name)}
          action={t.artifactPages.deleteNow}
          danger
          onClose={() => setDeleting(false)}
          onSubmit={remove}
        >
          <p>{t.registry.deleteCollectionText(t.registry.versions(collection.total))}</p>
        </FormDialog>
      )}
    </header>
  );
}

/** The lines that read what an alias names: `production`, or another that somebody set, if there is one. */
function UseIt({ collection }: { collection: LinkedVersions }) {
  const named = collection.items.flatMap((one) => one.aliases);
  const alias = named.includes(PRODUCTION) ? PRODUCTION : (named.find((one) => one !== LATEST) ?? LATEST);
  const { registry, name, type } = collection;
  return (
    <Lines
      id="registry-use"
      title={t.registry.use}
      lines={(tool) => {
        const path = `"${pathOf(tool, registry, name)}:${alias}"`;
        return type === "model"
          ? [`import ${tool}`, `run = ${tool}.init(project="serving")`, "path = run.use_model(", `    ${path})`]
          : [
              `import ${tool}`,
              `run = ${tool}.init(project="serving")`,
              "artifact = run.use_artifact(",
              `    ${path})`,
              "folder = artifact.download()",
            ];
      }}
    />
  );
}
