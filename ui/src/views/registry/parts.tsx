/** What the pages of registries share: aliases with their versions, moves in words, lines of code. */
import { type ReactNode, useState } from "react";
import type { AliasMove } from "../../net/registries";
import { t } from "../../texts";
import { Card } from "../parts/Card";
import { CopyButton } from "../parts/Controls";
import { ago, dayAndTime } from "../parts/moments";
import parts from "../parts/parts.module.css";
import styles from "./registry.module.css";

const LATEST = "latest";

/** Aliases as chips, each with the version it names. */
export function Aliases({ aliases }: { aliases: { alias: string; version: string }[] }) {
  return (
    <span className={styles.aliases}>
      {aliases.map(({ alias, version }) => (
        <span
          key={alias}
          className={styles.alias}
          data-latest={alias === LATEST}
          title={t.registry.aliasOn(alias, version)}
        >
          {alias} <small>{version}</small>
        </span>
      ))}
    </span>
  );
}

export const moveWords = ({ alias, from, version }: AliasMove) => t.registry.move(alias, from, version);
export const moverWords = ({ by, run }: AliasMove) =>
  by ? t.registry.by(by) : run ? `${t.registry.byRun} ${run.name}` : t.registry.byNobody;

/** A move in one line, the whole of it in its title. */
export function Move({ move, now }: { move: AliasMove; now: number }) {
  const who = moverWords(move);
  return (
    <span title={`${moveWords(move)}, ${who}, ${dayAndTime(move.moved_at)}`}>
      {moveWords(move)} <span className={styles.muted}>{`${who}, ${ago(move.moved_at, now)}`}</span>
    </span>
  );
}

export type Tool = "runwell" | "wandb";

/** Which of the two libraries the lines are for. */
export function ToolChoice({ tool, onChoose }: { tool: Tool; onChoose: (tool: Tool) => void }) {
  return (
    <span className={parts.segmented} role="group" aria-label={t.registry.use}>
      {(["runwell", "wandb"] as const).map((one) => (
        <button key={one} type="button" aria-pressed={one === tool} onClick={() => onChoose(one)}>
          {one}
        </button>
      ))}
    </span>
  );
}

/** A sheet with lines of code for either library. */
export function Lines({
  id,
  title,
  lines,
  children,
}: {
  id: string;
  title: string;
  lines: (tool: Tool) => string[];
  children?: ReactNode;
}) {
  const [tool, setTool] = useState<Tool>("runwell");
  const text = lines(tool).join("\n");
  return (
    <Card
      id={id}
      title={title}
      aside={
        <span className={styles.tools}>
          <ToolChoice tool={tool} onChoose={setTool} />
          <CopyButton text={text} look="quiet" />
        </span>
      }
    >
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <pre className={styles.code} tabIndex={0}>
        {text}
      </pre>
      {children}
    </Card>
  );
}

/** How scripts of a library name a collection. */
export function pathOf(tool: Tool, registry: string, collection: string): string {
  const [entity, project] = registry.split(":");
  if (project) return `${entity}/${project}/${collection}`;
  return tool === "runwell" ? `registry/${registry}/${collection}` : `wandb-registry-${registry}/${collection}`;
}
