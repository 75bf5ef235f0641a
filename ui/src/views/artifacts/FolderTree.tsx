/** The files of a version that has many: a folder's content is asked for when it is opened, a page at a time. */
import { useQueries } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { useRef, useState } from "react";
import { FOLDER_PAGE, type FolderPage, folderQuery } from "../../net/artifacts";
import type { Place } from "../../net/projects";
import type { ArtifactFile, WholeVersion } from "../../net/shapes";
import { folderRows, parentsOf } from "../../series/folderRows";
import { count, size } from "../../series/format";
import { cutMiddle } from "../../series/names";
import { t } from "../../texts";
import { Icon } from "../parts/Icon";
import fileStyles from "../run/files.module.css";

const ROW_PX = 24;
const INDENT_PX = 16;
const NAME_CHARACTERS = 34;

export function FolderTree({
  place,
  version,
  chosen,
  onChoose,
}: {
  place: Place;
  version: WholeVersion;
  chosen: string | null;
  onChoose: (file: ArtifactFile) => void;
}) {
  const scroller = useRef<HTMLElement>(null);
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(parentsOf(chosen ?? "")));
  const [pages, setPages] = useState<Record<string, number>>({});
  const folders = ["", ...open];
  const answers = useQueries({
    queries: folders.map((folder) => folderQuery(place, version.name, version.version, folder, pages[folder] ?? 1)),
  });
  const known = new Map<string, FolderPage>();
  for (const [i, folder] of folders.entries()) {
    const data = answers[i]?.data;
    if (data) known.set(folder, data);
  }
  const rows = folderRows(known, open);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 20,
  });
  const turn = (path: string) => {
    const now = new Set(open);
    if (!now.delete(path)) now.add(path);
    setOpen(now);
  };
  return (
    <nav ref={scroller} className={fileStyles.tree} aria-label={t.files.tree}>
      <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index]!;
          const look = { top: item.start, paddingLeft: 8 + row.depth * INDENT_PX };
          if (row.kind === "more") {
            const more = () => setPages({ ...pages, [row.path]: (pages[row.path] ?? 1) + 1 });
            return (
              <button key={`${row.path}//more`} type="button" className={fileStyles.row} style={look} onClick={more}>
                <span className={fileStyles.rowName}>{t.panels.showMore(Math.min(FOLDER_PAGE, row.left))}</span>
                <small>{t.artifactPages.ofAll(row.shown, row.shown + row.left)}</small>
              </button>
            );
          }
          const isOpen = row.kind === "folder" ? open.has(row.path) : undefined;
          return (
            <button
              key={`${row.path}${row.kind === "folder" ? "/" : ""}`}
              type="button"
              className={fileStyles.row}
              style={look}
              title={row.path}
              aria-expanded={isOpen}
              aria-current={row.kind === "file" && row.path === chosen ? "true" : undefined}
              onClick={() => (row.kind === "folder" ? turn(row.path) : onChoose(row.file))}
            >
              <Icon name={row.kind === "file" ? "file" : isOpen ? "chevronDown" : "chevronRight"} size={14} />
              <span className={fileStyles.rowName}>{cutMiddle(row.name, NAME_CHARACTERS - 2 * row.depth, 12)}</span>
              <small>{row.kind === "file" ? size(row.file.size_bytes) : count(row.files)}</small>
            </button>
          );
        })}
      </div>
    </nav>
  );
}
