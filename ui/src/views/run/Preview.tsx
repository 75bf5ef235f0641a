/** What is in a file, as far as a page can show it: pictures, sound, tables, text; anything else is a download. */
import { type UseQueryOptions, useQuery } from "@tanstack/react-query";
import { type ReactNode, useMemo, useState } from "react";
import { deleteFile, fileAddress, fileTextQuery, PREVIEW_BYTES } from "../../net/files";
import { type Place, placeKey } from "../../net/projects";
import type { RunFile } from "../../net/shapes";
import { size } from "../../series/format";
import { cutMiddle } from "../../series/names";
import {
  diffLine,
  type Grid,
  layOut,
  type PreviewKind,
  previewKind,
  readSeparated,
  readTable,
  tokens,
} from "../../series/preview";
import { queryClient } from "../../state/live";
import { say } from "../../state/toasts";
import { t } from "../../texts";
import { Button, Empty } from "../parts/Controls";
import { Icon } from "../parts/Icon";
import { Markdown } from "../parts/Markdown";
import { Dialog } from "../parts/Menus";
import { ago } from "../parts/moments";
import parts from "../parts/parts.module.css";
import styles from "./files.module.css";
import { GridView, ROWS_SHOWN } from "./GridView";

/** Lines written into the page; thousands more would make it slow. */
const LINES_SHOWN = 5000;
/** A file of unknown kind up to this size is looked into: most are text. */
const TRIED_BYTES = 256 * 1024;
/** Lines longer than this are shown without colours. */
const COLOURED_CHARACTERS = 2000;

export function Preview({ place, run, file }: { place: Place; run: string; file: RunFile }) {
  const kind = previewKind(file.path);
  const address = fileAddress(place, run, file.path, false);
  const [asText, setAsText] = useState(false);
  const shown = {
    path: file.path,
    size_bytes: file.size_bytes,
    address,
    text: fileTextQuery(place, run, file),
    most_bytes: PREVIEW_BYTES,
  };
  return (
    <section className={styles.preview} aria-label={file.path}>
      <header className={styles.head}>
        <h2 title={file.path}>{cutMiddle(file.path, 64, 24)}</h2>
        <span className={styles.facts}>
          {size(file.size_bytes)} · {t.files.changed(ago(file.updated_at))}
        </span>
        <span className={styles.actions}>
          {isTwofold(kind) && (
            <span className={parts.segmented} role="group" aria-label={t.files.view}>
              <button type="button" aria-pressed={!asText} onClick={() => setAsText(false)}>
                {kind === "markdown" ? t.files.rendered : t.files.asTable}
              </button>
              <button type="button" aria-pressed={asText} onClick={() => setAsText(true)}>
                {t.files.asText}
              </button>
            </span>
          )}
          {kind !== "unknown" && (
            <a className={`${parts.button} ${parts.quiet}`} href={address} target="_blank" rel="noreferrer">
              {t.files.open}
            </a>
          )}
          <DeleteFile place={place} run={run} path={file.path} />
          <a
            className={`${parts.button} ${parts.plain}`}
            href={fileAddress(place, run, file.path, true)}
            download
            aria-label={t.files.download(file.path)}
          >
            <Icon name="download" size={14} />
            {t.actions.download}
          </a>
        </span>
      </header>
      <div className={styles.content}>
        <Content file={shown} kind={kind} asText={asText} />
      </div>
    </section>
  );
}

/** Deleting can't be undone, so it asks first. */
function DeleteFile({ place, run, path }: { place: Place; run: string; path: string }) {
  const [asking, setAsking] = useState(false);
  const remove = async () => {
    setAsking(false);
    try {
      await deleteFile(place, run, path);
      say(t.files.deleted(path));
    } catch (error) {
      say(t.errors.failed((error as Error).message), { tone: "error" });
    }
    void queryClient.invalidateQueries({ queryKey: [...placeKey(place), "files", run] });
    void queryClient.invalidateQueries({ queryKey: [...placeKey(place), "run", run] });
  };
  return (
    <>
      <Button look="quiet" aria-label={t.files.deleteLabel(path)} onClick={() => setAsking(true)}>
        {t.files.delete}
      </Button>
      <Dialog
        open={asking}
        onClose={() => setAsking(false)}
        title={t.files.deleteTitle}
        foot={
          <>
            <Button onClick={() => setAsking(false)}>{t.actions.cancel}</Button>
            <Button look="danger" onClick={() => void remove()}>
              {t.files.deleteNow}
            </Button>
          </>
        }
      >
        {t.files.deleteSure(path)}
      </Dialog>
    </>
  );
}

/** A file wherever it lies: its address, and how its text is asked for. */
export interface Shown {
  path: string;
  size_bytes: number;
  address: string;
  text: UseQueryOptions<string | null>;
  /** How much of its text the question gives. */
  most_bytes: number;
}

/** Whether a kind is shown in two ways, one of them its text. */
export const isTwofold = (kind: PreviewKind) => kind === "markdown" || kind === "rows" || kind === "table";

export function Content({ file, kind, asText }: { file: Shown; kind: PreviewKind; asText: boolean }) {
  const { address } = file;
  switch (kind) {
    case "image":
      return <img className={styles.image} src={address} alt={file.path} />;
    case "audio":
      // biome-ignore lint/a11y/useMediaCaption: a logged sound has no captions.
      return <audio className={styles.audio} controls src={address} aria-label={file.path} />;
    case "video":
      // biome-ignore lint/a11y/useMediaCaption: a logged video has no captions.
      return <video className={styles.image} controls src={address} aria-label={file.path} />;
    case "html":
      // Its scripts run in an origin of their own, without the network: the sandbox here, and the answer's own policy.
      return <iframe className={styles.frame} sandbox="allow-scripts" src={address} title={file.path} />;
    default:
      if (kind === "unknown" && file.size_bytes > TRIED_BYTES) return <Empty title={t.files.noPreview} />;
      return <TextContent file={file} kind={asText ? "text" : kind} />;
  }
}

function TextContent({ file, kind }: { file: Shown; kind: PreviewKind }) {
  const answer = useQuery(file.text);
  const text = answer.data;
  const grid = useMemo((): Grid | null => {
    if (typeof text !== "string") return null;
    if (kind === "table") return readTable(text);
    if (kind === "rows") return readSeparated(text, file.path.endsWith(".tsv") ? "\t" : ",", ROWS_SHOWN);
    return null;
  }, [text, kind, file.path]);
  if (answer.isError) return <Empty title={t.errors.failed(answer.error.message || t.errors.unreachable)} />;
  if (!answer.isSuccess) return null;
  if (typeof text !== "string") return <Empty title={t.files.noPreview} />;
  if (text === "") return <Empty title={t.files.empty} />;
  const cut = file.size_bytes > file.most_bytes;
  const note = cut ? <Note>{t.files.first(size(file.most_bytes), size(file.size_bytes))}</Note> : null;
  if (kind === "markdown") {
    return (
      <div className={styles.prose}>
        {note}
        <Markdown text={text} />
      </div>
    );
  }
  if (grid) return <GridView grid={grid} cut={cut || (kind === "rows" && grid.rows.length >= ROWS_SHOWN)} />;
  return (
    <>
      {note}
      <TextLines text={kind === "json" || kind === "table" ? layOut(text) : text} kind={kind} cut={cut} />
    </>
  );
}

function Note({ children }: { children: ReactNode }) {
  return (
    <p className={styles.note} role="status">
      {children}
    </p>
  );
}

/** Lines of a text, coloured as its kind says. */
export function TextLines({ text, kind, cut }: { text: string; kind: PreviewKind; cut: boolean }) {
  const lines = useMemo(() => text.replace(/\r?\n$/, "").split(/\r?\n/), [text]);
  return (
    <>
      {lines.length > LINES_SHOWN && <Note>{t.files.linesOf(LINES_SHOWN, cut ? null : lines.length)}</Note>}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard. */}
      <pre className={styles.code} tabIndex={0}>
        {lines.slice(0, LINES_SHOWN).map((line, n) => (
          <div
            // biome-ignore lint/suspicious/noArrayIndexKey: a line is its position.
            key={n}
            data-diff={kind === "diff" ? diffLine(line) : undefined}
          >
            {(kind === "code" || kind === "json") && line.length <= COLOURED_CHARACTERS ? (
              <Coloured line={line} />
            ) : (
              line
            )}
          </div>
        ))}
      </pre>
    </>
  );
}

function Coloured({ line }: { line: string }) {
  return tokens(line).map((token, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: a token is its position.
    <span key={i} data-token={token.kind ?? undefined}>
      {token.text}
    </span>
  ));
}
