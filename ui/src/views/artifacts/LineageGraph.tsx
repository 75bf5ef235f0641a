/** The drawing of a lineage graph: moved by pointer and wheel, walked by arrow keys along its edges. */
import "@xyflow/react/dist/base.css";
import { type Edge, MarkerType, Position, ReactFlow, useReactFlow, useViewport } from "@xyflow/react";
import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { LineageNode } from "../../net/shapes";
import { type Direction, type DrawnGraph, type GraphEdge, neighbours, nextNode, ownersOf } from "../../series/lineage";
import { t } from "../../texts";
import { IconButton, Kbd } from "../parts/Controls";
import { ClusterBox, type ClusterNode, GraphContext, type GraphState, One, type OneNode } from "./GraphNodes";
import styles from "./graph.module.css";
import { layOutGraph } from "./graphLayout";

const NODE_TYPES = { one: One, cluster: ClusterBox };
const ARROWS: Record<string, Direction> = { ArrowLeft: "left", ArrowRight: "right", ArrowUp: "up", ArrowDown: "down" };
/** A box that is neither moved nor selected would let presses through to what lies behind it. */
const PRESSED = { pointerEvents: "all" } as const;
/** Graphs of more boxes have only those in view on the page. */
const ALL_UP_TO = 60;
/** Smallest zoom at which names can be read: a graph that fits then is shown whole at first… */
const READABLE_ZOOM = 0.66;
/** …and of one that doesn't what is around the version. */
const FIRST_ZOOM = 0.85;
const FIT = { padding: 0.08, maxZoom: 1 };
/** Frames that a box has to be drawn after the view moved to it. */
const FRAMES = 20;

type Any = OneNode | ClusterNode;

interface Props
  extends Pick<GraphState, "byId" | "focus" | "path" | "found" | "finds" | "onToggle" | "onMore" | "onFind"> {
  label: string;
  version: string;
  drawn: DrawnGraph;
  /** Between single nodes, those in clusters too. */
  edges: GraphEdge[];
  /** A node that the search goes to; `n` counts the questions. */
  asked: { id: string; n: number } | null;
}

export function LineageGraph({ label, version, drawn, edges, asked, ...state }: Props) {
  const { byId, focus, path, found, finds, onToggle, onMore, onFind } = state;
  const flow = useReactFlow();
  const frame = useRef<HTMLDivElement>(null);
  const [at, setAt] = useState(focus);
  const kinds = useMemo(() => new Map([...byId].map(([id, node]: [string, LineageNode]) => [id, node.kind])), [byId]);
  const boxes = useMemo(() => layOutGraph(drawn, kinds), [drawn, kinds]);
  const nodes = useMemo(() => {
    const place = (id: string) => {
      const { x, y, width, height } = boxes.get(id)!;
      // Sizes and ends are known, so that nothing has to be drawn to be measured first.
      const end = { y: height / 2, width: 1, height: 1, id: null };
      const handles = [
        { ...end, type: "target" as const, position: Position.Left, x: 0 },
        { ...end, type: "source" as const, position: Position.Right, x: width - 1 },
      ];
      const sized = { width, height, measured: { width, height }, handles };
      return { id, position: { x, y }, ...sized, draggable: false, selectable: false, style: PRESSED };
    };
    const single = drawn.nodes.map((id): Any => ({ ...place(id), type: "one", data: {} }));
    return [
      ...single,
      ...drawn.clusters.map((cluster): Any => ({ ...place(cluster.id), type: "cluster", data: { cluster } })),
    ];
  }, [drawn, boxes]);
  const lines = useMemo(() => {
    const clustered = ownersOf(drawn.clusters);
    const seat = (id: string) => clustered.get(id) ?? id;
    const accent = new Set(
      edges.filter(({ from, to }) => path.has(from) && path.has(to)).map(({ from, to }) => `${seat(from)} ${seat(to)}`),
    );
    const groups = new Map(
      drawn.clusters.map(({ id, members, kind, group }) => [id, t.lineage.cluster(members.length, kind, group)]),
    );
    const nameOf = (id: string) => {
      const node = byId.get(id);
      if (!node) return groups.get(id);
      return node.kind === "run" ? node.run.name : `${node.artifact.name}:${node.artifact.version}`;
    };
    return drawn.edges.map(({ from, to }): Edge => {
      const id = `${from} ${to}`;
      const onPath = accent.has(id);
      const color = onPath ? "var(--accent)" : "var(--control-border)";
      return {
        id,
        source: from,
        target: to,
        ariaLabel: `${nameOf(from)} → ${nameOf(to)}`,
        focusable: false,
        selectable: false,
        markerEnd: { type: MarkerType.Arrow, width: 14, height: 14, color },
        className: onPath ? styles.onPath : styles.edge,
        zIndex: onPath ? 1 : 0,
      };
    });
  }, [drawn, edges, path, byId]);
  // Neighbours as they are seen: a member of a folded cluster is the cluster.
  const around = useMemo(() => {
    const clustered = ownersOf(drawn.clusters);
    const seat = (id: string) => (boxes.has(id) ? id : (clustered.get(id) ?? id));
    const seen = edges.map(({ from, to }) => ({ from: seat(from), to: seat(to) }));
    return neighbours(
      [...boxes.keys()].map((id) => ({ id })),
      seen,
    );
  }, [drawn, boxes, edges]);

  const show = useCallback(
    (id: string, least = READABLE_ZOOM, most = Number.POSITIVE_INFINITY) => {
      const box = boxes.get(id);
      if (!box) return;
      const zoom = Math.min(Math.max(flow.getZoom(), least), most);
      void flow.setCenter(box.x + box.width / 2, box.y + box.height / 2, { zoom });
    },
    [boxes, flow],
  );
  /** Moves the focus to a box, once it is drawn. */
  const focusOn = useCallback((id: string) => {
    let frames = 0;
    const attempt = () => {
      const element = frame.current?.querySelector<HTMLElement>(`[data-node="${CSS.escape(id)}"]`);
      if (element) element.focus({ preventScroll: true });
      else if (frames++ < FRAMES) requestAnimationFrame(attempt);
    };
    attempt();
  }, []);
  const walk = (event: KeyboardEvent) => {
    const direction = ARROWS[event.key];
    if (!direction || event.ctrlKey || event.metaKey || event.altKey) return;
    const next = nextNode(boxes.has(at) ? at : focus, direction, boxes, around);
    event.preventDefault();
    if (!next) return;
    setAt(next);
    if (!isInView(next)) show(next);
    focusOn(next);
  };
  const isInView = (id: string): boolean => {
    const box = boxes.get(id);
    const view = frame.current?.getBoundingClientRect();
    if (!box || !view) return true;
    const { x, y } = flow.flowToScreenPosition({ x: box.x, y: box.y });
    const zoom = flow.getZoom();
    return (
      x >= view.left && y >= view.top && x + box.width * zoom <= view.right && y + box.height * zoom <= view.bottom
    );
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: each question goes to its node once.
  useEffect(() => {
    if (!asked) return;
    const target = boxes.has(asked.id) ? asked.id : ownersOf(drawn.clusters).get(asked.id);
    if (!target) return;
    setAt(target);
    if (!isInView(target)) show(target);
  }, [asked?.n]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what toggles and finds never changes what it does.
  const context = useMemo(
    (): GraphState => ({ byId, focus, path, found, finds, at, onFocus: setAt, onToggle, onMore, onFind }),
    [byId, focus, path, found, finds, at],
  );
  const begin = () => {
    const bounds = flow.getNodesBounds(nodes);
    const { width = 0, height = 0 } = frame.current?.getBoundingClientRect() ?? {};
    const fits = bounds.width * READABLE_ZOOM <= width && bounds.height * READABLE_ZOOM <= height;
    if (fits) void flow.fitView(FIT);
    else show(focus, FIRST_ZOOM, FIRST_ZOOM);
  };
  return (
    <GraphContext.Provider value={context}>
      <div ref={frame} className={styles.frame} role="group" aria-label={label} onKeyDown={walk}>
        <ReactFlow
          nodes={nodes}
          edges={lines}
          nodeTypes={NODE_TYPES}
          onInit={begin}
          minZoom={0.1}
          maxZoom={2}
          nodesDraggable={false}
          nodesConnectable={false}
          nodesFocusable={false}
          edgesFocusable={false}
          elementsSelectable={false}
          disableKeyboardA11y
          onlyRenderVisibleElements={nodes.length > ALL_UP_TO}
          panOnScroll={false}
          zoomOnDoubleClick={false}
          deleteKeyCode={null}
          proOptions={{ hideAttribution: true }}
        />
        <p className={styles.legend}>
          <span>
            <i data-kind="artifact" />
            {t.lineage.artifact}
          </span>
          <span>
            <i data-kind="run" />
            {t.lineage.run}
          </span>
          <span>
            <i data-kind="path" />
            {t.lineage.path(version)}
          </span>
          <span>
            <Kbd>←</Kbd>
            <Kbd>→</Kbd>
            {t.lineage.alongEdges}
          </span>
        </p>
      </div>
    </GraphContext.Provider>
  );
}

export function ZoomControls() {
  const flow = useReactFlow();
  const { zoom } = useViewport();
  return (
    <span className={styles.zoom}>
      <IconButton icon="minus" label={t.lineage.zoomOut} onClick={() => void flow.zoomOut()} />
      <span>{Math.round(zoom * 100)} %</span>
      <IconButton icon="plus" label={t.lineage.zoomIn} onClick={() => void flow.zoomIn()} />
      <IconButton icon="fit" label={t.lineage.fit} onClick={() => void flow.fitView(FIT)} />
    </span>
  );
}
