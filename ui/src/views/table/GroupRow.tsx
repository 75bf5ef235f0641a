/** The head of a group of runs: its key and value, how many runs, and what their values have in common. */
import { memo } from "react";
import type { Aggregated, RunGroup, RunState } from "../../net/shapes";
import { columnFigure, count, duration, exact, figure, plain } from "../../series/format";
import type { GroupNode } from "../../series/groupLines";
import { cutMiddle } from "../../series/names";
import { bareKey } from "../../state/sort";
import type { Aggregate } from "../../state/view";
import { t } from "../../texts";
import { Checkbox, IconButton } from "../parts/Controls";
import marks from "../parts/marks.module.css";
import { StateGlyph, tone } from "../parts/RunMarks";
import { valueText } from "../parts/valueText";
import type { TableColumn } from "./columns";
import type { Figures } from "./figures";
import type { RowShared } from "./TableRow";
import styles from "./table.module.css";

export interface GroupActs {
  toggle(path: string): void;
  selectGroup(group: RunGroup): void;
  focus(line: number, cell: number): void;
}

/** The order in which states are counted: what is well first. */
const STATES: RunState[] = [
  "finished",
  "running",
  "pending",
  "failed",
  "crashed",
  "killed",
  "interrupted",
  "preempted",
];

export const GroupRow = memo(function GroupRow({
  node,
  groupKey,
  open,
  line,
  top,
  firstColumn,
  lastColumn,
  shared,
  selected,
  activeCell,
  aggregate,
  acts,
}: {
  node: GroupNode<RunGroup>;
  /** The key whose value this group has. */
  groupKey: string;
  open: boolean;
  line: number;
  top: number;
  firstColumn: number;
  lastColumn: number;
  shared: RowShared;
  selected: boolean | "mixed";
  activeCell: number;
  aggregate: Aggregate;
  acts: GroupActs;
}) {
  const { nameWidth, laid, rowPx, widthPx, figures } = shared;
  const value = node.group.key[groupKey] ?? null;
  const name = groupName(value);
  const label = t.list.sortLabels[groupKey] ?? bareKey(groupKey);
  const cell = (column: TableColumn, at: number, left: number) => (
    <div
      key={column.key}
      role="gridcell"
      aria-colindex={at + 1}
      data-cell={at}
      data-column={column.key}
      tabIndex={activeCell === at ? 0 : -1}
      className={styles.cell}
      data-number={column.number}
      style={{ left, width: column.widthPx }}
      onFocus={() => acts.focus(line, at)}
    >
      <GroupCell group={node.group} column={column} figures={figures.get(column.key)} aggregate={aggregate} />
    </div>
  );
  return (
    <div
      role="row"
      aria-rowindex={line + 2}
      aria-expanded={open}
      aria-level={node.depth + 1}
      data-line={line}
      data-group={name}
      className={`${styles.row} ${styles.groupRow}`}
      style={{ top, height: rowPx, width: widthPx }}
    >
      <div className={styles.fixed} style={{ width: nameWidth + laid.fixedPx }}>
        <div
          role="gridcell"
          aria-colindex={1}
          data-cell={0}
          tabIndex={activeCell === 0 ? 0 : -1}
          className={styles.nameCell}
          style={{ width: nameWidth }}
          onFocus={() => acts.focus(line, 0)}
        >
          <Checkbox
            checked={selected}
            label={t.table.selectGroup(name)}
            onChange={() => acts.selectGroup(node.group)}
          />
          {node.depth > 0 && <span style={{ width: node.depth * 20 }} />}
          <IconButton
            icon={open ? "chevronDown" : "chevronRight"}
            label={open ? t.table.closeGroup(name) : t.table.openGroup(name)}
            tabIndex={-1}
            onClick={() => acts.toggle(node.path)}
          />
          <span className={styles.groupKey}>{cutMiddle(label, 16, 6)}</span>
          <strong className={styles.groupValue} title={name}>
            {cutMiddle(name, Math.max(Math.floor((nameWidth - 190 - node.depth * 20) / 6.6), 10))}
          </strong>
          <span className={styles.groupCount}>{t.table.runCount(node.count)}</span>
        </div>
        {laid.fixed.map((column, i) => cell(column, i + 1, nameWidth + laid.fixedLeft[i]!))}
      </div>
      {laid.free.slice(firstColumn, lastColumn).map((column, i) => {
        const at = firstColumn + i;
        return cell(column, laid.fixed.length + at + 1, nameWidth + laid.fixedPx + laid.freeLeft[at]!);
      })}
    </div>
  );
});

/** Says a group's value as a person would. */
export function groupName(value: unknown): string {
  if (value === null || value === undefined || value === "") return t.table.noValue;
  if (Array.isArray(value)) return value.length === 0 ? t.table.noValue : value.map((one) => plain(one)).join(", ");
  return valueText(value as never);
}

function GroupCell({
  group,
  column,
  figures,
  aggregate,
}: {
  group: RunGroup;
  column: TableColumn;
  figures: Figures | undefined;
  aggregate: Aggregate;
}) {
  if (column.key === "state") return <States states={group.states} />;
  if (column.curve !== undefined) return <span className={styles.missing}>{t.table.curves(group.count)}</span>;
  const found = group.aggregates[column.key];
  if (!found) return null;
  if (column.key === "tags" && found.values) return <TagCounts values={found.values} distinct={found.distinct ?? 0} />;
  const isFigure = (column.group === "summary" || column.group === "run") && found.n;
  if (!isFigure) {
    const n = found.distinct ?? 0;
    // One value that all have is worth more than the word that there is one.
    return n === 0 ? null : <span className={styles.muted}>{t.table.values(n)}</span>;
  }
  return <Figure found={found} column={column} figures={figures} aggregate={aggregate} />;
}

function Figure({
  found,
  column,
  figures,
  aggregate,
}: {
  found: Aggregated;
  column: TableColumn;
  figures: Figures | undefined;
  aggregate: Aggregate;
}) {
  const value = found[aggregate] ?? null;
  if (value === null) return <span className={styles.missing}>{t.table.missing}</span>;
  if (column.key === "runtime_s") return <span>{duration(value)}</span>;
  if (column.key === "last_step") return <span>{count(value)}</span>;
  const text = figures
    ? columnFigure(value, Math.max(figures.decimals, Number.isInteger(value) ? 0 : 2))
    : figure(value);
  return (
    <>
      {aggregate === "mean" && (found.n ?? 0) > 1 && found.std !== null && found.std !== undefined && (
        <small className={styles.delta} title={t.table.spread(found.n ?? 0)}>
          ±{spread(found.std, figures?.decimals)}
        </small>
      )}
      <span title={exact(value)}>{text}</span>
    </>
  );
}

/** A spread with its column's digits, without the leading zero. */
function spread(std: number, decimals = 4): string {
  return columnFigure(std, Math.max(decimals, 2)).replace(/^0\./, ".");
}

function States({ states }: { states: RunGroup["states"] }) {
  return (
    <span className={styles.states}>
      {STATES.filter((state) => states[state]).map((state) => (
        <span key={state} title={`${count(states[state]!)} ${t.states[state]}`}>
          {count(states[state]!)}
          <span className={marks[`tone-${tone(state)}`]}>
            <StateGlyph state={state} />
          </span>
          <span className="visually-hidden">{t.states[state]}</span>
        </span>
      ))}
    </span>
  );
}

/** The most frequent tags; the others are counted. */
function TagCounts({ values, distinct }: { values: [string, number][]; distinct: number }) {
  const shown = values.slice(0, 2);
  const text = shown.map(([tag, n]) => `${tag} ${count(n)}`).join(", ");
  const more = distinct - shown.length;
  return (
    <span className={styles.muted} title={values.map(([tag, n]) => `${tag} ${count(n)}`).join(", ")}>
      {more > 0 ? `${text}, +${count(more)}` : text}
    </span>
  );
}

/** Says how many runs of a group aren't listed, and lists them. */
export function MoreRow({
  line,
  top,
  left,
  depth,
  source,
  shared,
  isActive,
  acts,
  onShow,
}: {
  line: number;
  top: number;
  left: number;
  depth: number;
  source: string;
  shared: RowShared;
  isActive: boolean;
  acts: GroupActs;
  onShow: (source: string) => void;
}) {
  const { nameWidth, laid, rowPx, widthPx } = shared;
  return (
    <div
      role="row"
      aria-rowindex={line + 2}
      data-line={line}
      className={styles.row}
      style={{ top, height: rowPx, width: widthPx }}
    >
      <div className={styles.fixed} style={{ width: nameWidth + laid.fixedPx }}>
        <div
          role="gridcell"
          aria-colindex={1}
          data-cell={0}
          tabIndex={isActive ? 0 : -1}
          className={styles.nameCell}
          style={{ width: nameWidth, paddingLeft: 44 + depth * 20 }}
          onFocus={() => acts.focus(line, 0)}
        >
          <button type="button" className={styles.showMore} tabIndex={-1} onClick={() => onShow(source)}>
            {t.panels.showMore(left)}
          </button>
        </div>
      </div>
    </div>
  );
}
