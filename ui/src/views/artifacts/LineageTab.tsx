/** Where a version came from and where it went: runs and versions from left to right, many siblings folded into one box. */
import { useQuery } from "@tanstack/react-query";
import { ReactFlowProvider } from "@xyflow/react";
import { useMemo, useRef, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { lineageQuery } from "../../net/artifacts";
import type { Place } from "../../net/projects";
import type { Lineage, LineageNode, WholeVersion } from "../../net/shapes";
import {
  type Cluster,
  drawnGraph,
  findClusters,
  findNodes,
  type GraphNode,
  MEMBERS_SHOWN,
  neighbours,
  originOf,
} from "../../series/lineage";
import { t } from "../../texts";
import { artifactAt } from "../addresses";
import { Button, Empty, SearchInput } from "../parts/Controls";
import { useKeys } from "../parts/hooks";
import parts from "../parts/parts.module.css";
import styles from "./graph.module.css";
import { LineageGraph, ZoomControls } from "./LineageGraph";

export function LineageTab({ place, version }: { place: Place; version: WholeVersion }) {
  const [, navigate] = useLocation();
  const complete = new URLSearchParams(useSearch()).get("scope") !== "direct";
  const answer = useQuery({
    ...lineageQuery(place, version.name, version.version, complete),
    placeholderData: (before) => before,
  });
  const choose = (direct: boolean) => {
    const page = artifactAt({ ...place, name: version.name, version: version.version }, version.type, "lineage");
    navigate(direct ? `${page}?scope=direct` : page, { replace: true });
  };
  if (answer.isError) {
    return (
      <Empty title={t.artifactPages.loadFailed(answer.error.message || t.errors.unreachable)}>
        <Button onClick={() => void answer.refetch()}>{t.actions.retry}</Button>
      </Empty>
    );
  }
  if (!answer.data) return null;
  const graph = answer.data;
  const focus = focusOf(graph, version);
  if (graph.nodes.length <= 1 || !focus) return <Empty title={t.lineage.none}>{t.lineage.noneMore}</Empty>;
  return (
    <ReactFlowProvider>
      <Drawn key={focus} graph={graph} focus={focus} version={version} complete={complete} onScope={choose} />
    </ReactFlowProvider>
  );
}

/** A version is one node wherever it is linked: the one of its own collection. */
function focusOf(graph: Lineage, { source }: WholeVersion): string | undefined {
  return graph.nodes.find(
    (node) =>
      node.kind === "artifact" &&
      node.artifact.name === source.name &&
      node.artifact.version === source.version &&
      node.artifact.project === source.project &&
      node.artifact.entity === source.entity,
  )?.id;
}

function plainNode(node: LineageNode): GraphNode {
  return node.kind === "run"
    ? { id: node.id, kind: "run", group: node.run.job_type ?? "", name: node.run.name }
    : {
        id: node.id,
        kind: "artifact",
        group: node.artifact.type,
        name: `${node.artifact.name}:${node.artifact.version}`,
      };
}

function Drawn({
  graph,
  focus,
  version,
  complete,
  onScope,
}: {
  graph: Lineage;
  focus: string;
  version: WholeVersion;
  complete: boolean;
  onScope: (direct: boolean) => void;
}) {
  const [find, setFind] = useState("");
  const [most, setMost] = useState<Record<string, number>>({});
  const [finds, setFinds] = useState<Record<string, string>>({});
  const [asked, setAsked] = useState<{ id: string; n: number } | null>(null);
  const input = useRef<HTMLInputElement>(null);
  useKeys({
    "/": (event) => {
      event.preventDefault();
      input.current?.focus();
    },
  });
  const nodes = useMemo(() => graph.nodes.map(plainNode), [graph]);
  const byId = useMemo(() => new Map(graph.nodes.map((node) => [node.id, node])), [graph]);
  const path = useMemo(() => originOf(focus, neighbours(nodes, graph.edges).before), [focus, nodes, graph]);
  const clusters = useMemo(() => findClusters(nodes, graph.edges, new Set([focus])), [nodes, graph, focus]);
  const found = useMemo(() => (find.trim() ? findNodes(nodes, find) : null), [nodes, find]);
  const drawn = useMemo(() => {
    const names = new Map(nodes.map((node) => [node.id, node.name.toLowerCase()]));
    const shown = ({ id, members }: Cluster): string[] | null => {
      const hits = found ? members.filter((member) => found.has(member)) : [];
      const room = most[id] ?? 0;
      if (hits.length > 0) return hits.slice(0, Math.max(room, MEMBERS_SHOWN));
      if (room === 0) return null;
      const wanted = finds[id]?.trim().toLowerCase();
      const matching = wanted ? members.filter((member) => names.get(member)!.includes(wanted)) : members;
      // What lies on the path comes first: it is what the page is about.
      const order = [...matching.filter((one) => path.has(one)), ...matching.filter((one) => !path.has(one))];
      return order.slice(0, room);
    };
    return drawnGraph(nodes, graph.edges, clusters, shown);
  }, [nodes, graph, clusters, most, finds, found, path]);
  const isAnyOpen = clusters.some((one) => (most[one.id] ?? 0) > 0);
  const goToHit = () => {
    const hits = [...(found ?? [])];
    if (hits.length === 0) return;
    const at = asked ? hits.indexOf(asked.id) : -1;
    setAsked({ id: hits[(at + 1) % hits.length]!, n: (asked?.n ?? 0) + 1 });
  };
  return (
    <div className={styles.lineage}>
      <div className={styles.bar}>
        <span className={parts.segmented} role="group" aria-label={t.lineage.scope}>
          <button type="button" aria-pressed={complete} onClick={() => onScope(false)}>
            {t.lineage.complete}
          </button>
          <button type="button" aria-pressed={!complete} onClick={() => onScope(true)}>
            {t.lineage.direct}
          </button>
        </span>
        <SearchInput
          ref={input}
          className={styles.find}
          label={t.lineage.find}
          hint="/"
          value={find}
          onChange={(event) => {
            setFind(event.target.value);
            const [first] = findNodes(nodes, event.target.value);
            if (first) setAsked({ id: first, n: (asked?.n ?? 0) + 1 });
          }}
          onKeyDown={(event) => {
            if (event.key === "Enter" && !event.nativeEvent.isComposing) goToHit();
            if (event.key === "Escape") setFind("");
          }}
        />
        <span className={styles.muted} role="status">
          {found && t.lineage.found(found.size)}
        </span>
        {clusters.length > 0 && (
          <Button
            look="quiet"
            onClick={() => setMost(isAnyOpen ? {} : Object.fromEntries(clusters.map((one) => [one.id, MEMBERS_SHOWN])))}
          >
            {isAnyOpen ? t.lineage.closeAll : t.lineage.openAll}
          </Button>
        )}
        <span className={styles.count}>
          {t.lineage.drawn(drawn.seen, graph.nodes.length)}
          {graph.truncated && ` · ${t.lineage.truncated(graph.nodes.length)}`}
        </span>
        <ZoomControls />
      </div>
      <LineageGraph
        label={t.lineage.label(`${version.name}:${version.version}`)}
        version={version.version}
        drawn={drawn}
        edges={graph.edges}
        byId={byId}
        focus={focus}
        path={path}
        found={found}
        finds={finds}
        asked={asked}
        onToggle={(id) => setMost((now) => ({ ...now, [id]: (now[id] ?? 0) > 0 ? 0 : MEMBERS_SHOWN }))}
        onMore={(id, more) => setMost((now) => ({ ...now, [id]: (now[id] ?? 0) + more }))}
        onFind={(id, text) => setFinds((now) => ({ ...now, [id]: text }))}
      />
    </div>
  );
}
