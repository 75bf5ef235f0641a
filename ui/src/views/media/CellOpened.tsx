/** A cell with all that it holds: the whole text, or its picture, sound or page in full size. */
import { Suspense } from "react";
import type { MediaFiles } from "../../net/media";
import type { Place } from "../../net/projects";
import { rawText } from "../../series/loggedTable";
import { readMedia } from "../../series/media";
import { isTagged, type Json } from "../../series/tagged";
import { t } from "../../texts";
import { CopyButton } from "../parts/Controls";
import { Dialog } from "../parts/Menus";
import { kindOf } from "./kinds";
import { Waiting } from "./Missing";
import styles from "./tables.module.css";

export function CellOpened({
  title,
  place,
  run,
  cell,
  files,
  onClose,
}: {
  title: string;
  place: Place;
  run: string;
  cell: Json;
  files: MediaFiles;
  onClose: () => void;
}) {
  const media = readMedia(cell);
  // Of the files of all cells those that this one names.
  const said = JSON.stringify(cell);
  const own = Object.fromEntries(Object.entries(files).filter(([path]) => said.includes(JSON.stringify(path))));
  return (
    <Dialog open onClose={onClose} title={title} foot={!media && <CopyButton text={rawText(cell)} />}>
      {media ? (
        <div className={styles.openedMedia}>
          <Suspense fallback={<Waiting />}>
            <Shown place={place} run={run} cell={cell as { [key: string]: Json }} files={own} title={title} />
          </Suspense>
        </div>
      ) : cell === null ? (
        <span className={styles.absent}>{t.loggedTable.none}</span>
      ) : (
        <pre className={styles.openedText}>
          {typeof cell === "object" && !isTagged(cell) ? JSON.stringify(cell, null, 2) : rawText(cell)}
        </pre>
      )}
    </Dialog>
  );
}

function Shown({
  place,
  run,
  cell,
  files,
  title,
}: {
  place: Place;
  run: string;
  cell: { [key: string]: Json };
  files: MediaFiles;
  title: string;
}) {
  const Kind = kindOf(String(cell._type));
  return <Kind place={place} run={run} runName={run} mediaKey={title} step={0} value={cell} files={files} full />;
}
