/** Every registry with its collections: what is ready to be used, and who said so. */
import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { serverQuery } from "../../net/account";
import {
  type Registry,
  type RegistryCollection,
  registriesQuery,
  registryCollectionsQuery,
} from "../../net/registries";
import { t } from "../../texts";
import lists from "../artifacts/collections.module.css";
import { Button, CopyButton, Empty, SearchInput } from "../parts/Controls";
import { useKeys, useTitle } from "../parts/hooks";
import { Icon } from "../parts/Icon";
import { CollectionTable } from "./CollectionTable";
import { NewRegistry } from "./NewRegistry";
import { type Tool, ToolChoice } from "./parts";
import styles from "./registry.module.css";

/** Moved aliases and new links appear without a reload. */
const ASKED_EVERY_MS = 10_000;

export function RegistryList() {
  useTitle(t.registry.title);
  const [find, setFind] = useState("");
  const [making, setMaking] = useState(false);
  const input = useRef<HTMLInputElement>(null);
  const registries = useQuery({ ...registriesQuery, refetchInterval: ASKED_EVERY_MS });
  const listed = useQuery({ ...registryCollectionsQuery(), refetchInterval: ASKED_EVERY_MS });
  useKeys({
    "/": (event) => {
      event.preventDefault();
      input.current?.focus();
    },
  });
  const failed = registries.error ?? listed.error;
  if (failed && !(registries.data && listed.data)) {
    return (
      <Empty isPage title={t.registry.loadFailed(failed.message || t.errors.unreachable)}>
        <Button
          onClick={() => {
            void registries.refetch();
            void listed.refetch();
          }}
        >
          {t.actions.retry}
        </Button>
      </Empty>
    );
  }
  if (!registries.data || !listed.data) return null;
  const dialog = making && <NewRegistry onClose={() => setMaking(false)} />;
  const { writable, registries: all } = registries.data;
  if (all.length === 0) {
    return (
      <>
        <First onMake={writable ? () => setMaking(true) : null} />
        {dialog}
      </>
    );
  }
  const { total, collections } = listed.data;
  const words = find.trim().toLowerCase().split(/\s+/).filter(Boolean);
  const groups = all
    .map((registry) => ({
      registry,
      collections: collections.filter((one) => of(registry, one) && matches(one, words)),
    }))
    .filter((group) => words.length === 0 || group.collections.length > 0);
  const found = groups.reduce((sum, group) => sum + group.collections.length, 0);
  return (
    <div className={lists.list}>
      <h1 className="visually-hidden">{t.registry.title}</h1>
      <div className={lists.listBar}>
        <SearchInput
          ref={input}
          className={lists.find}
          label={t.registry.find}
          hint="/"
          value={find}
          onChange={(event) => setFind(event.target.value)}
        />
        <span className={lists.listCount} role="status">
          {words.length > 0 || collections.length < total
            ? t.registry.countOf(found, total)
            : t.registry.counts(all.length, total)}
        </span>
        {writable && (
          <Button onClick={() => setMaking(true)}>
            <Icon name="plus" size={14} />
            {t.registry.create}
          </Button>
        )}
      </div>
      <div className={lists.listBody}>
        {groups.length === 0 ? <Empty title={t.registry.noneMatch} /> : <CollectionTable groups={groups} headed />}
      </div>
      {dialog}
    </div>
  );
}

const of = (registry: Registry, one: RegistryCollection) => one.registry === registry.name;

function matches(one: RegistryCollection, words: string[]): boolean {
  const text = [one.name, one.type, one.description ?? "", ...one.tags, ...one.aliases.map(({ alias }) => alias)];
  const all = text.join(" ").toLowerCase();
  return words.every((word) => all.includes(word));
}

/** What a server without registries says: the lines that link the first version. */
function First({ onMake }: { onMake: (() => void) | null }) {
  const server = useQuery(serverQuery).data;
  const [tool, setTool] = useState<Tool>("runwell");
  const target = tool === "runwell" ? "registry/models/churn" : "wandb-registry-models/churn";
  const text = [
    `with ${tool}.init(project="training") as run:`,
    `    model = ${tool}.Artifact("churn", type="model"); model.add_file("model.pt")`,
    "    run.log_artifact(model)",
    `    run.link_artifact(model, "${target}", aliases=["production"])`,
  ].join("\n");
  return (
    <div className={lists.first}>
      <h1>{t.registry.emptyTitle}</h1>
      <p>{t.registry.emptyText}</p>
      <div className={lists.snippet}>
        <div className={lists.snippetBar}>
          <ToolChoice tool={tool} onChoose={setTool} />
          {server && <span className={styles.muted}>{server.base_url}</span>}
          <CopyButton text={text} look="quiet" />
        </div>
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
        <pre tabIndex={0}>{text}</pre>
      </div>
      {onMake && (
        <p style={{ marginTop: 16 }}>
          <Button onClick={onMake}>{t.registry.create}</Button>
        </p>
      )}
    </div>
  );
}
