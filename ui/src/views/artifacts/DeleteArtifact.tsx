/** Deleting a version or a collection: says what else is affected before anything happens. */
import { useState } from "react";
import type { CollectionVersions } from "../../net/artifacts";
import type { Place } from "../../net/projects";
import type { VersionLink, WholeVersion } from "../../net/shapes";
import { size } from "../../series/format";
import { removeCollection, removeVersion } from "../../state/artifactEdits";
import { say } from "../../state/toasts";
import { t } from "../../texts";
import { registryOf } from "../addresses";
import { Button } from "../parts/Controls";
import { Dialog } from "../parts/Menus";
import parts from "../parts/parts.module.css";
import styles from "./artifacts.module.css";

export type Deleted = "version" | "collection";

/** Names written out; of more, how many. */
const NAMES_SHOWN = 4;

function listed(names: string[]): string {
  const rest = names.length - NAMES_SHOWN;
  return names.slice(0, NAMES_SHOWN).join(", ") + (rest > 0 ? `, ${t.artifactPages.andMore(rest)}` : "");
}

/** Where a link is, and by which aliases it is known there. */
function linkWords(link: VersionLink): string {
  const at = `${link.name}:${link.version}`;
  const registry = registryOf(link);
  const place = registry
    ? t.artifactPages.inRegistry(at, registry)
    : t.artifactPages.inProject(at, `${link.entity}/${link.project}`);
  return link.aliases.length > 0 ? `${place} (${link.aliases.join(", ")})` : place;
}

export function DeleteArtifact({
  place,
  collection,
  version,
  what,
  onClose,
  onDeleted,
}: {
  place: Place;
  collection: CollectionVersions;
  version: WholeVersion;
  what: Deleted;
  onClose: () => void;
  onDeleted: () => void;
}) {
  const [typed, setTyped] = useState("");
  const [busy, setBusy] = useState(false);
  const isLink = collection.kind === "portfolio";
  const whole = what === "collection";
  const name = whole ? collection.name : `${collection.name}:${version.version}`;
  const remove = async () => {
    setBusy(true);
    try {
      await (whole ? removeCollection(place, collection.name) : removeVersion(place, collection.name, version.version));
      onClose();
      onDeleted();
      say(t.artifactPages.deleted(name));
    } catch (error) {
      setBusy(false);
      say(t.errors.failed((error as Error).message), { tone: "error" });
    }
  };
  const aliases = whole ? collection.items.flatMap((one) => one.aliases) : version.aliases;
  const affected: string[] = [];
  if (aliases.length > 0) {
    affected.push(t.artifactPages.affectedAliases(listed(aliases.map((alias) => `${collection.name}:${alias}`))));
  }
  if (!whole && version.used_by.length > 0) {
    affected.push(t.artifactPages.affectedRuns(version.used_by.length, listed(version.used_by.map((run) => run.name))));
  }
  const links = isLink ? [] : whole ? collection.links : version.links;
  if (links.length > 0) affected.push(t.artifactPages.affectedLinks(links.length, listed(links.map(linkWords))));
  return (
    <Dialog
      open
      onClose={onClose}
      title={t.artifactPages.deleteTitle(name)}
      foot={
        <>
          <Button onClick={onClose}>{t.actions.cancel}</Button>
          <Button look="danger" disabled={busy || (whole && typed !== collection.name)} onClick={() => void remove()}>
            {t.artifactPages.deleteNow}
          </Button>
        </>
      }
    >
      <p className={styles.wrapped}>
        {whole
          ? t.artifactPages.deleteCollectionText(
              name,
              t.artifactPages.versions(collection.versions),
              size(collection.size_bytes),
            )
          : isLink
            ? t.artifactPages.deleteLink(name)
            : t.artifactPages.deleteVersionText(name, t.files.total(version.file_count, size(version.size_bytes)))}
      </p>
      <p className={styles.affectedHead}>
        {affected.length > 0 ? t.artifactPages.affected : t.artifactPages.affectedNone}
      </p>
      {affected.length > 0 && (
        <ul className={styles.affected}>
          {affected.map((line) => (
            <li key={line}>{line}</li>
          ))}
        </ul>
      )}
      {whole && (
        <div className={parts.input} style={{ height: 32 }}>
          <input
            aria-label={collection.name}
            placeholder={collection.name}
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </div>
      )}
    </Dialog>
  );
}
