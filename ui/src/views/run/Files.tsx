/** The files of a run: a tree at the left, what is in the chosen one at the right. */
import { useQuery } from "@tanstack/react-query";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { filesQuery } from "../../net/files";
import type { Place } from "../../net/projects";
import type { Run } from "../../net/shapes";
import { type FileLike, type TreeRow, treeRows } from "../../series/fileTree";
import { count, size } from "../../series/format";
import { cutMiddle } from "../../series/names";
import { t } from "../../texts";
import { runAt } from "../addresses";
import { Empty, SearchInput } from "../parts/Controls";
import { Icon } from "../parts/Icon";
import styles from "./files.module.css";
import { Preview } from "./Preview";

const ROW_PX = 24;
const INDENT_PX = 16;
/** From so many files on there is a search. */
export const SEARCH_FROM = 8;
/** A folder with more files than this is closed at first. */
const OPEN_UP_TO = 24;
/** Characters of a name that the tree has room for at its first level. */
const NAME_CHARACTERS = 34;

export function Files({ place, run }: { place: Place; run: Run }) {
  const answer = useQuery(filesQuery(place, run.id));
  const [, navigate] = useLocation();
  const chosen = new URLSearchParams(useSearch()).get("file");
  const [find, setFind] = useState("");
  const files = useMemo(() => answer.data?.files ?? [], [answer.data]);
  const all = answer.data?.total ?? 0;
  const listed = files.find((one) => one.path === chosen);
  const beyond = useQuery({
    ...filesQuery(place, run.id, chosen ?? ""),
    enabled: chosen !== null && !listed && all > files.length,
  }).data;
  if (answer.isError) return <Empty title={answer.error.message || t.errors.unreachable} />;
  if (answer.isSuccess && files.length === 0) return <Empty title={t.files.none}>{t.files.noneMore}</Empty>;
  if (!answer.isSuccess) return null;
  const total = files.reduce((sum, file) => sum + file.size_bytes, 0);
  const matching = files.filter((file) => file.path.toLowerCase().includes(find.trim().toLowerCase()));
  const file = listed ?? beyond?.files.find((one) => one.path === chosen);
  const choose = (path: string) =>
    navigate(`${runAt(place, run.id, "files")}?file=${encodeURIComponent(path)}`, { replace: true });
  return (
    <div className={styles.files}>
      <div className={styles.side}>
        {files.length >= SEARCH_FROM && (
          <div className={styles.search}>
            <SearchInput label={t.files.find} value={find} onChange={(event) => setFind(event.target.value)} />
          </div>
        )}
        <Tree files={matching} chosen={chosen} searching={find !== ""} onChoose={choose} />
        {matching.length === 0 && <p className={styles.none}>{t.files.noMatch}</p>}
        <p className={styles.total}>
          {all > files.length ? t.files.listed(files.length, all) : t.files.total(files.length, size(total))}
        </p>
      </div>
      {file ? (
        <Preview key={file.path} place={place} run={run.id} file={file} />
      ) : (
        <Empty title={chosen ? t.files.gone(chosen) : t.files.choose} />
      )}
    </div>
  );
}

/** A tree of files; only the rows in view are on the page. */
export function Tree<File extends FileLike>({
  files,
  chosen,
  searching,
  onChoose,
  note,
}: {
  files: File[];
  chosen: string | null;
  searching: boolean;
  onChoose: (path: string) => void;
  /** What stands before a file's size. */
  note?: (file: File) => ReactNode;
}) {
  const scroller = useRef<HTMLElement>(null);
  // What the reader opened and closed; the others are open while they are small, or hold the chosen file.
  const [turned, setTurned] = useState<Record<string, boolean>>({});
  const isOpen = (path: string, below: number) =>
    searching || (turned[path] ?? (below <= OPEN_UP_TO || chosen?.startsWith(`${path}/`) === true));
  const rows = treeRows(files, isOpen);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_PX,
    overscan: 20,
  });
  const at = rows.findIndex((row) => row.file && row.path === chosen);
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another file moves the tree.
  useEffect(() => {
    if (at >= 0) virtual.scrollToIndex(at, { align: "auto" });
  }, [chosen]);
  const press = (row: TreeRow<File>) => {
    if (row.file) onChoose(row.path);
    else setTurned({ ...turned, [row.path]: !isOpen(row.path, row.count) });
  };
  return (
    <nav ref={scroller} className={styles.tree} aria-label={t.files.tree}>
      <div style={{ height: virtual.getTotalSize(), position: "relative" }}>
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index]!;
          const open = row.file ? undefined : isOpen(row.path, row.count);
          return (
            <button
              key={`${row.path}${row.file ? "" : "/"}`}
              type="button"
              className={styles.row}
              style={{ top: item.start, paddingLeft: 8 + row.depth * INDENT_PX }}
              title={row.path}
              aria-expanded={open}
              aria-current={row.file && row.path === chosen ? "true" : undefined}
              onClick={() => press(row)}
            >
              <Icon name={row.file ? "file" : open ? "chevronDown" : "chevronRight"} size={14} />
              <span className={styles.rowName}>{cutMiddle(row.name, NAME_CHARACTERS - 2 * row.depth, 12)}</span>
              {row.file && note?.(row.file)}
              <small>{row.file ? size(row.size) : count(row.count)}</small>
            </button>
          );
        })}
      </div>
    </nav>
  );
}
