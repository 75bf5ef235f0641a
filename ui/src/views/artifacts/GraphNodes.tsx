/** What a lineage graph draws: versions as rectangles, runs as pills, many siblings as one box that opens. */
import { Handle, type Node, type NodeProps, Position, useStore } from "@xyflow/react";
import { createContext, memo, useContext } from "react";
import { Link } from "wouter";
import type { LineageNode } from "../../net/shapes";
import { size } from "../../series/format";
import type { ClusterShown } from "../../series/lineage";
import { cutMiddle } from "../../series/names";
import { t } from "../../texts";
import { artifactAt, runAt } from "../addresses";
import { SearchInput } from "../parts/Controls";
import { Icon } from "../parts/Icon";
import { StateGlyph } from "../parts/RunMarks";
import styles from "./graph.module.css";
import { FIND_FROM } from "./graphLayout";

const NAME_CHARACTERS = 20;
const MEMBER_CHARACTERS = 28;
/** Members that one press adds. */
const MORE = 25;

/** What nodes ask of the graph they are in; in a context, so that a node is drawn again only when it matters to it. */
export interface GraphState {
  byId: Map<string, LineageNode>;
  /** The version that the page is about. */
  focus: string;
  /** That version and all it came from. */
  path: Set<string>;
  found: Set<string> | null;
  /** The one that the Tab key reaches. */
  at: string;
  finds: Record<string, string>;
  onFocus: (id: string) => void;
  onToggle: (cluster: string) => void;
  onMore: (cluster: string, more: number) => void;
  onFind: (cluster: string, text: string) => void;
}

export const GraphContext = createContext<GraphState | null>(null);

export type OneNode = Node<Record<string, never>, "one">;
export type ClusterNode = Node<{ cluster: ClusterShown }, "cluster">;

/** Where edges end; they are never drawn by hand. */
function Ends() {
  return (
    <>
      <Handle type="target" position={Position.Left} isConnectable={false} className={styles.end} />
      <Handle type="source" position={Position.Right} isConnectable={false} className={styles.end} />
    </>
  );
}

/** Below this zoom no name can be read, so none is written: thousands of boxes stay quick to move. */
const UNREADABLE_ZOOM = 0.3;

export const One = memo(function One({ id }: NodeProps<OneNode>) {
  const isFar = useStore((flow) => flow.transform[2] < UNREADABLE_ZOOM);
  return (
    <>
      <Ends />
      {isFar ? <FarNode id={id} /> : <NodeLink id={id} />}
    </>
  );
});

function FarNode({ id }: { id: string }) {
  const { byId, focus, path, found } = useContext(GraphContext)!;
  return (
    <div
      className={byId.get(id)?.kind === "run" ? styles.run : styles.artifact}
      data-node={id}
      data-path={path.has(id) || undefined}
      data-focus={id === focus || undefined}
      data-found={found === null ? undefined : found.has(id)}
    />
  );
}

/** A run or a version, as a link to its page. */
function NodeLink({ id, isMember }: { id: string; isMember?: boolean }) {
  const state = useContext(GraphContext)!;
  const node = state.byId.get(id);
  if (!node) return null;
  const shared = {
    "data-node": id,
    "data-path": state.path.has(id) || undefined,
    "data-focus": id === state.focus || undefined,
    "data-found": state.found === null ? undefined : state.found.has(id),
    "aria-current": id === state.focus ? ("true" as const) : undefined,
    tabIndex: state.at === id ? 0 : -1,
    onFocus: () => state.onFocus(id),
  };
  if (node.kind === "run") {
    const { run } = node;
    return (
      <Link
        {...shared}
        href={runAt(run, run.id)}
        className={`${styles.run} ${isMember ? styles.member : ""}`}
        title={[run.name, run.job_type, t.states[run.state]].filter(Boolean).join("\n")}
      >
        <span data-state={run.state}>
          <StateGlyph state={run.state} />
        </span>
        <span className={styles.runName}>{cutMiddle(run.name, isMember ? MEMBER_CHARACTERS : NAME_CHARACTERS, 8)}</span>
        <span className="visually-hidden">{t.states[run.state]}</span>
      </Link>
    );
  }
  const { artifact } = node;
  const gone = artifact.state === "DELETED" || artifact.state === "deleted";
  const name = `${artifact.name}:${artifact.version}`;
  const label = t.lineage.artifactLabel(artifact.type, name, gone ? `, ${t.lineage.deleted}` : "");
  const inside = isMember ? (
    <>
      <strong>{cutMiddle(artifact.name, MEMBER_CHARACTERS - 4, 8)}</strong> <i>{artifact.version}</i>
      <small>{gone ? t.lineage.deleted : size(artifact.size_bytes)}</small>
    </>
  ) : (
    <>
      <span className={styles.above}>
        <span>{cutMiddle(artifact.type, 14)}</span>
        <small>{gone ? t.lineage.deleted : size(artifact.size_bytes)}</small>
      </span>
      <span>
        <strong>{cutMiddle(artifact.name, NAME_CHARACTERS, 8)}</strong> <i>{artifact.version}</i>
      </span>
    </>
  );
  const look = isMember ? `${styles.run} ${styles.member} ${styles.memberArtifact}` : styles.artifact;
  if (gone) {
    return (
      <div {...shared} role="note" className={look} data-gone="true" aria-label={label} title={name}>
        {inside}
      </div>
    );
  }
  return (
    <Link {...shared} href={artifactAt(artifact, artifact.type, "lineage")} className={look} title={name}>
      {inside}
    </Link>
  );
}

export const ClusterBox = memo(function ClusterBox({ id, data }: NodeProps<ClusterNode>) {
  const state = useContext(GraphContext)!;
  const { cluster } = data;
  const { members, shown, isOpen } = cluster;
  const hits = state.found ? members.filter((member) => state.found!.has(member)).length : 0;
  const onPath = members.some((member) => state.path.has(member));
  const find = state.finds[id] ?? "";
  const matching = find
    ? members.filter((member) => nameIn(state, member).includes(find.trim().toLowerCase()))
    : members;
  const left = matching.length - shown.length;
  return (
    <div className={styles.cluster} data-path={onPath || undefined} data-found={state.found ? hits > 0 : undefined}>
      <Ends />
      <button
        type="button"
        className={styles.clusterHead}
        data-node={id}
        tabIndex={state.at === id ? 0 : -1}
        aria-expanded={isOpen}
        onFocus={() => state.onFocus(id)}
        onClick={() => state.onToggle(id)}
      >
        <Icon name={isOpen ? "chevronDown" : "chevronRight"} size={14} />
        <strong>{t.lineage.cluster(members.length, cluster.kind, cluster.group)}</strong>
        <small>{hits > 0 ? t.lineage.found(hits) : isOpen ? t.lineage.shown(shown.length) : t.lineage.open}</small>
      </button>
      {isOpen && members.length >= FIND_FROM && (
        <div className={styles.clusterFind}>
          <SearchInput
            label={t.lineage.findIn(members.length)}
            value={find}
            onChange={(event) => state.onFind(id, event.target.value)}
            onKeyDown={(event) => event.stopPropagation()}
          />
        </div>
      )}
      {isOpen && (
        <>
          <ul>
            {shown.map((member) => (
              <li key={member} className={styles.seat}>
                <NodeLink id={member} isMember />
              </li>
            ))}
          </ul>
          <div className={styles.clusterFoot}>
            {left > 0 ? (
              <button type="button" onClick={() => state.onMore(id, MORE)}>
                {t.lineage.showMore(Math.min(left, MORE))}
              </button>
            ) : (
              find && shown.length === 0 && <span>{t.lineage.found(0)}</span>
            )}
          </div>
        </>
      )}
    </div>
  );
});

function nameIn(state: GraphState, id: string): string {
  const node = state.byId.get(id);
  return (node?.kind === "run" ? node.run.name : `${node?.artifact.name}:${node?.artifact.version}`).toLowerCase();
}
