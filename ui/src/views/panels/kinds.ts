/** The kinds of panels beside line charts: what each is called in a layout, and where it is drawn and edited. */
import { type ComponentType, type LazyExoticComponent, lazy } from "react";
import type { Place } from "../../net/projects";
import type { Metric, Stream } from "../../net/shapes";
import type { PanelEntry, PanelKind, PanelSpec } from "../../series/layout";
import type { PanelLook } from "../../state/panelLook";
import type { DrawnRun } from "../workspace/runs";

/** What a panel is given. It draws itself inside a `PanelFrame`. */
export interface PanelProps {
  place: Place;
  spec: PanelSpec;
  look: PanelLook;
  /** Drawn runs, in the list's order. */
  drawn: DrawnRun[];
  /** Metrics of the project, or of the one run. */
  metrics: Metric[];
  stream: Stream;
  widthPx: number;
  full?: boolean;
}

/** What the part of the editor is given that belongs to a kind: its `options`, and how to change them. */
export interface PanelEditorProps {
  place: Place;
  spec: PanelSpec;
  metrics: Metric[];
  onChange: (changes: Partial<PanelEntry>) => void;
}

interface Kind {
  Panel: LazyExoticComponent<ComponentType<PanelProps>>;
  /** Absent where there is nothing to choose but a title. */
  Editor?: LazyExoticComponent<ComponentType<PanelEditorProps>>;
}

/** Kinds that a reader can add; line charts are part of the workspace itself. */
export const KINDS: Partial<Record<PanelKind, Kind>> = {
  scatter: { Panel: lazy(() => import("./ScatterPanel")), Editor: lazy(() => import("./ScatterEditor")) },
  bar: { Panel: lazy(() => import("./BarPanel")), Editor: lazy(() => import("./BarEditor")) },
  parallel: { Panel: lazy(() => import("./ParallelPanel")), Editor: lazy(() => import("./ParallelEditor")) },
  importance: { Panel: lazy(() => import("./ImportancePanel")), Editor: lazy(() => import("./ImportanceEditor")) },
  comparer: { Panel: lazy(() => import("./ComparerPanel")) },
  media: { Panel: lazy(() => import("../media/MediaPanel")), Editor: lazy(() => import("./MediaEditor")) },
  chart: { Panel: lazy(() => import("./VegaPanel")), Editor: lazy(() => import("./VegaEditor")) },
  markdown: { Panel: lazy(() => import("./MarkdownPanel")), Editor: lazy(() => import("./MarkdownEditor")) },
};

/** Kinds that want more room than a line chart when they are added. */
export const FIRST_WIDE: Partial<Record<PanelKind, number>> = { parallel: 3, comparer: 2, media: 2 };
export const FIRST_TALL: Partial<Record<PanelKind, number>> = { media: 2 };
