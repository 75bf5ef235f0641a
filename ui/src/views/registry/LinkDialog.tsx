/** Links a version into a collection of a registry, saying before what will happen. */
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { registriesQuery, registryCollectionsQuery } from "../../net/registries";
import type { WholeVersion } from "../../net/shapes";
import { canBeAlias, typedNames } from "../../series/aliases";
import { link } from "../../state/registryEdits";
import { say } from "../../state/toasts";
import { t } from "../../texts";
import { registryAt } from "../addresses";
import { Field } from "../parts/Field";
import { FormDialog } from "../parts/FormDialog";
import styles from "./registry.module.css";

export function LinkDialog({ version, onClose }: { version: WholeVersion; onClose: () => void }) {
  const [, navigate] = useLocation();
  const registries = useQuery(registriesQuery).data?.registries ?? [];
  const takes = (types: string[]) => types.includes(version.type);
  // A registry that names this type is meant for it; one that takes every type may be.
  const takers = registries
    .filter((one) => one.writable && (one.types.length === 0 || takes(one.types)))
    .sort((a, b) => Number(takes(b.types)) - Number(takes(a.types)));
  const [typed, setTyped] = useState<string | null>(null);
  const registry = (typed ?? takers[0]?.name ?? "models").trim();
  const [named, setNamed] = useState<string | null>(null);
  const collection = (named ?? version.name).trim();
  const [aliases, setAliases] = useState("");
  const wanted = typedNames(aliases);
  const isNew = registry !== "" && !registries.some((one) => one.name === registry);
  const listed = useQuery({ ...registryCollectionsQuery(registry), enabled: registry !== "" && !isNew });
  const there = listed.data?.collections ?? [];
  const target = there.find((one) => one.name === collection);
  const refused = wanted.find((alias) => !canBeAlias(alias));
  const submit = async () => {
    const { entity, project, name } = version.source;
    const source = { entity, project, name, version: version.source.version };
    const number = await link(registry, isNew, collection, source, wanted);
    say(t.registry.linked(`${registry}/${collection}:${number}`), {
      action: { label: t.registry.open, run: () => navigate(registryAt(registry, collection)) },
    });
  };
  return (
    <FormDialog
      title={t.registry.linkTitle(`${version.name}:${version.version}`)}
      action={t.registry.linkNow}
      ready={registry !== "" && collection !== "" && !refused}
      onClose={onClose}
      onSubmit={submit}
    >
      <Field
        label={t.registry.linkRegistry}
        value={typed ?? registry}
        choices={takers.map((one) => one.name)}
        onChange={setTyped}
      />
      <Field
        label={t.registry.linkCollection}
        value={named ?? collection}
        choices={there.filter((one) => one.type === version.type).map((one) => one.name)}
        onChange={setNamed}
      />
      <Field
        label={t.registry.linkAliases}
        hint={t.registry.linkAliasesHint}
        value={aliases}
        onChange={setAliases}
        first
      />
      <div className={styles.notes} role="status">
        {refused && <p>{t.artifactPages.aliasNever}</p>}
        {isNew && <p>{t.registry.linkNewRegistry(registry)}</p>}
        {!target && collection !== "" && <p>{t.registry.linkNewCollection(collection)}</p>}
        {target?.aliases
          .filter((one) => wanted.includes(one.alias))
          .map((one) => (
            <p key={one.alias}>{t.registry.linkMoves(one.alias, one.version)}</p>
          ))}
      </div>
    </FormDialog>
  );
}
