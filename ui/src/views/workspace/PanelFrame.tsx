/** What every panel has around it: its name, what can be done with it, handles to move and to resize it. */
import { memo, type ReactNode, type Ref, useRef, useState } from "react";
import { MAX_TALL, MAX_WIDE, type PanelSpec, type Section } from "../../series/layout";
import { cutApart, partings } from "../../series/names";
import { t } from "../../texts";
import { IconButton } from "../parts/Controls";
import { PanelMenu } from "./PanelMenu";
import { PANEL_DRAG, usePanelActions } from "./panelActions";
import styles from "./workspace.module.css";

/** Room that a header keeps for notes, value and buttons. */
const HEAD_ROOM_PX = 150;
const GAP_PX = 8;

/** Where the titles of a section part: they are cut so that they don't look alike. */
const parted = new WeakMap<Section, Map<string, number>>();
function partingIn(section: Section | undefined, title: string): number | undefined {
  if (!section) return undefined;
  const known = parted.get(section) ?? partings(section.panels.map((panel) => panel.title));
  parted.set(section, known);
  return known.get(title);
}

export function PanelFrame({
  spec,
  widthPx,
  full,
  light,
  tail = "",
  notes,
  value,
  buttons,
  menu,
  box,
  children,
}: {
  spec: PanelSpec;
  widthPx: number;
  full?: boolean;
  /** Far from what is seen: its name alone, so that a thousand panels stay a light page. */
  light?: boolean;
  /** Follows the name and is never cut: the metric's direction. */
  tail?: string;
  notes?: ReactNode;
  value?: ReactNode;
  /** Stand before the panel's own. */
  buttons?: ReactNode;
  /** What its kind can do, in the menu. */
  menu?: ReactNode;
  box?: Ref<HTMLElement>;
  children: ReactNode;
}) {
  const actions = usePanelActions();
  const [over, setOver] = useState(false);
  const title = spec.title || t.arrange.kinds[spec.kind];
  return (
    <section
      ref={box}
      className={styles.panel}
      aria-label={title}
      data-panel={title}
      data-kind={spec.kind}
      data-over={over || undefined}
      style={
        full
          ? undefined
          : ({ "--wide": spec.wide, gridRow: `span ${spec.tall}`, "--tall": spec.tall } as React.CSSProperties)
      }
      onDragOver={(event) => {
        if (full || !event.dataTransfer.types.includes(PANEL_DRAG)) return;
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        setOver(false);
        const moved = event.dataTransfer.getData(PANEL_DRAG);
        if (!moved || moved === spec.id) return;
        event.preventDefault();
        event.stopPropagation();
        actions.move(moved, spec.section, spec.id);
      }}
    >
      <header
        className={styles.panelHead}
        draggable={!full}
        onDragStart={(event) => {
          event.dataTransfer.setData(PANEL_DRAG, spec.id);
          event.dataTransfer.effectAllowed = "move";
        }}
      >
        <h2 title={title}>
          {cutApart(
            title,
            full ? 120 : Math.max(Math.floor((widthPx - HEAD_ROOM_PX) / 7), 16),
            12,
            partingIn(
              actions.sections.find(({ id }) => id === spec.section),
              title,
            ),
          )}
          {tail}
        </h2>
        {!light && notes}
        {!light && (value ?? <span className={styles.panelValue} />)}
        {!full && !light && <PanelButtons spec={spec} title={title} buttons={buttons} menu={menu} />}
      </header>
      {!light && children}
      {!full && !light && <Corner spec={spec} />}
    </section>
  );
}

const PanelButtons = memo(function PanelButtons({
  spec,
  title,
  buttons,
  menu,
}: {
  spec: PanelSpec;
  title: string;
  buttons: ReactNode;
  menu: ReactNode;
}) {
  const actions = usePanelActions();
  return (
    <span className={styles.panelButtons}>
      {buttons}
      <IconButton icon="expand" label={t.panels.fullscreen(title)} onClick={() => actions.focus(spec)} />
      <PanelMenu spec={spec} title={title} more={menu} />
    </span>
  );
});

/** Resizes a panel by whole columns and rows; the menu does the same for the keyboard. */
function Corner({ spec }: { spec: PanelSpec }) {
  const actions = usePanelActions();
  const from = useRef<{ x: number; y: number; column: number; row: number } | null>(null);
  return (
    <span
      className={styles.corner}
      aria-hidden="true"
      onPointerDown={(event) => {
        const box = event.currentTarget.parentElement!.getBoundingClientRect();
        event.currentTarget.setPointerCapture(event.pointerId);
        event.preventDefault();
        from.current = {
          x: event.clientX,
          y: event.clientY,
          column: (box.width + GAP_PX) / spec.wide,
          row: (box.height + GAP_PX) / spec.tall,
        };
      }}
      onPointerMove={(event) => {
        if (!from.current) return;
        const { x, y, column, row } = from.current;
        const wide = within(spec.wide + Math.round((event.clientX - x) / column), MAX_WIDE);
        const tall = within(spec.tall + Math.round((event.clientY - y) / row), MAX_TALL);
        if (wide === spec.wide && tall === spec.tall) return;
        from.current = {
          ...from.current,
          x: x + (wide - spec.wide) * column,
          y: y + (tall - spec.tall) * row,
        };
        actions.resize(spec, wide, tall);
      }}
      onPointerUp={() => {
        from.current = null;
      }}
    />
  );
}

const within = (value: number, most: number) => Math.min(Math.max(value, 1), most);
