/** A cell of two compared tables: one value where both are equal, else the older above the newer, pictures in pairs. */
import { Dialog as BaseDialog } from "@base-ui/react/dialog";
import { Suspense, useMemo, useState } from "react";
import type { MediaFiles } from "../../net/media";
import type { Place } from "../../net/projects";
import type { ComparedColumn, ComparedRow, TableSide } from "../../net/tableCompare";
import { lineChanges } from "../../series/diff";
import { delta } from "../../series/format";
import { rawText } from "../../series/loggedTable";
import { readMedia } from "../../series/media";
import { readPictures } from "../../series/pictures";
import { asNumber, type Json } from "../../series/tagged";
import { t } from "../../texts";
import { IconButton } from "../parts/Controls";
import { Dialog } from "../parts/Menus";
import { kindOf } from "./kinds";
import { Waiting } from "./Missing";
import { OverlayMenu } from "./OverlayControls";
import { type CompareMode, PictureCompare } from "./PictureCompare";
import pictures from "./pictureCompare.module.css";
import { TableCell } from "./TableCell";
import styles from "./tableCompare.module.css";

/** Lines of a cell that are shown. */
const LINES_SHOWN = 2000;

type Pair = { before: MediaFiles; after: MediaFiles };

/** By how much a number grew; null unless both are numbers. */
function deltaOf(before: Json, after: Json): number | null {
  const [old, now] = [asNumber(before), asNumber(after)];
  return old === null || now === null ? null : now - old;
}

export function ComparedCell({
  row,
  at,
  column,
  names,
  files,
  onOpen,
}: {
  row: ComparedRow;
  at: number;
  column: ComparedColumn;
  names: [string, string];
  files: Pair;
  onOpen: () => void;
}) {
  const before = row.before?.[at] ?? null;
  const after = row.after?.[at] ?? null;
  const old = <TableCell cell={before} files={files.before} onOpen={onOpen} />;
  const now = <TableCell cell={after} files={files.after} onOpen={onOpen} />;
  const isPicture = column.kind === "media";
  // A row or a column that one side alone has: nothing stands beside it.
  if (!row.after || column.in === "before") return row.before ? <span className={styles.old}>{old}</span> : null;
  if (!row.before || column.in === "after") return now;
  if (!row.changed.includes(at) && !isPicture) return now;
  if (isPicture) {
    return (
      <span className={styles.pictures} data-changed={row.changed.includes(at) || undefined}>
        <span title={names[0]}>{old}</span>
        <span title={names[1]}>{now}</span>
      </span>
    );
  }
  const by = deltaOf(before, after);
  return (
    <span className={styles.two}>
      <span className={styles.old} title={names[0]}>
        {old}
      </span>
      <span className={styles.now} title={names[1]}>
        {by !== null && <small>{delta(by)} </small>}
        {now}
      </span>
    </span>
  );
}

/** Both cells with all that they hold. */
export function ComparedOpened({
  place,
  mediaKey,
  row,
  rowName,
  at,
  column,
  names,
  sides,
  files,
  onClose,
}: {
  place: Place;
  mediaKey: string;
  row: ComparedRow;
  /** What its key says. */
  rowName: string;
  at: number;
  column: ComparedColumn;
  names: [string, string];
  sides: [TableSide, TableSide];
  files: Pair;
  onClose: () => void;
}) {
  const cells: [Json, Json] = [row.before?.[at] ?? null, row.after?.[at] ?? null];
  const kinds = cells.map((cell) => readMedia(cell)?.kind ?? null);
  const title = t.tableCompare.cell(column.name, rowName);
  if (kinds.includes("image")) {
    return <PicturesOpened {...{ mediaKey, cells, names, files, title, onClose }} />;
  }
  if (kinds.some((kind) => kind !== null)) {
    return (
      <Dialog open onClose={onClose} title={title}>
        {cells.map((cell, i) => (
          <section key={names[i]} className={styles.openedSide} aria-label={names[i]}>
            <h3>{names[i]}</h3>
            <div>
              {kinds[i] ? (
                <Shown {...{ place, cell, title, side: sides[i]!, files: i === 0 ? files.before : files.after }} />
              ) : null}
            </div>
          </section>
        ))}
      </Dialog>
    );
  }
  return (
    <Dialog open onClose={onClose} title={title}>
      <TextsOpened before={cells[0]} after={cells[1]} />
    </Dialog>
  );
}

function textOf(cell: Json): string {
  return typeof cell === "object" && cell !== null && !("_type" in cell)
    ? JSON.stringify(cell, null, 2)
    : rawText(cell);
}

function TextsOpened({ before, after }: { before: Json; after: Json }) {
  const lines = useMemo(() => lineChanges(textOf(before), textOf(after)), [before, after]);
  const by = deltaOf(before, after);
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <pre className={styles.lines} tabIndex={0}>
        {lines.slice(0, LINES_SHOWN).map((line) => (
          <div key={`${line.kind} ${line.n}`} data-diff={line.kind}>
            <i>{line.kind === "same" ? " " : t.artifactPages.signs[line.kind]}</i>
            {line.text}
          </div>
        ))}
      </pre>
      {by !== null && by !== 0 && <p className={styles.muted}>{delta(by)}</p>}
    </>
  );
}

/** Media that are no pictures, one side of them. */
function Shown({
  place,
  cell,
  title,
  side,
  files,
}: {
  place: Place;
  cell: Json;
  title: string;
  side: TableSide;
  files: MediaFiles;
}) {
  const said = JSON.stringify(cell);
  const own = Object.fromEntries(Object.entries(files).filter(([path]) => said.includes(JSON.stringify(path))));
  const value = cell as { [key: string]: Json };
  const Kind = kindOf(String(value._type));
  const run = "run" in side ? side.run : "";
  return (
    <Suspense fallback={<Waiting />}>
      <Kind place={place} run={run} runName={run} mediaKey={title} step={0} value={value} files={own} full />
    </Suspense>
  );
}

/** Pictures full screen, against one another. */
function PicturesOpened({
  mediaKey,
  cells,
  names,
  files,
  title,
  onClose,
}: {
  mediaKey: string;
  cells: [Json, Json];
  names: [string, string];
  files: Pair;
  title: string;
  onClose: () => void;
}) {
  const [mode, setMode] = useState<CompareMode>("side");
  const items = useMemo(
    () =>
      cells.map((cell, i) => ({
        id: i === 0 ? "before" : "after",
        name: names[i]!,
        head: <strong className={styles.strong}>{names[i]}</strong>,
        mediaKey,
        picture:
          typeof cell === "object" && cell !== null && !Array.isArray(cell) ? (readPictures(cell)[0] ?? null) : null,
        files: i === 0 ? files.before : files.after,
      })),
    [cells, names, mediaKey, files],
  );
  return (
    <BaseDialog.Root open onOpenChange={(open) => !open && onClose()}>
      <BaseDialog.Portal>
        <BaseDialog.Popup className={pictures.pairBox}>
          <header className={pictures.pairHead}>
            <BaseDialog.Close render={<IconButton icon="close" label={t.actions.close} />} />
            <BaseDialog.Title>{title}</BaseDialog.Title>
          </header>
          <PictureCompare items={items} mode={mode} onMode={setMode} after={<OverlayMenu mediaKey={mediaKey} />} />
        </BaseDialog.Popup>
      </BaseDialog.Portal>
    </BaseDialog.Root>
  );
}
