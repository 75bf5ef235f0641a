/** The files of a version: a tree at the left, what is in the chosen one at the right. */
import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { artifactTextQuery, TABLE_BYTES, TEXT_BYTES, versionFilesQuery } from "../../net/artifacts";
import type { Place } from "../../net/projects";
import type { ArtifactFile, WholeVersion } from "../../net/shapes";
import { size } from "../../series/format";
import { cutMiddle } from "../../series/names";
import { previewKind } from "../../series/preview";
import { t } from "../../texts";
import { artifactAt } from "../addresses";
import { Button, Empty, SearchInput } from "../parts/Controls";
import { Icon } from "../parts/Icon";
import parts from "../parts/parts.module.css";
import { SEARCH_FROM, Tree } from "../run/Files";
import fileStyles from "../run/files.module.css";
import { Content, isTwofold } from "../run/Preview";
import styles from "./artifacts.module.css";

export function VersionFiles({ place, version }: { place: Place; version: WholeVersion }) {
  const answer = useQuery(versionFilesQuery(place, version.name, version.version));
  const [, navigate] = useLocation();
  const chosen = new URLSearchParams(useSearch()).get("file");
  const [find, setFind] = useState("");
  const files = useMemo(() => answer.data?.rows ?? [], [answer.data]);
  const wanted = find.trim().toLowerCase();
  const matching = useMemo(() => files.filter((file) => file.path.toLowerCase().includes(wanted)), [files, wanted]);
  if (answer.isError) {
    return (
      <Empty title={t.artifactPages.loadFailed(answer.error.message || t.errors.unreachable)}>
        <Button onClick={() => void answer.refetch()}>{t.actions.retry}</Button>
      </Empty>
    );
  }
  if (!answer.isSuccess) return null;
  if (files.length === 0) return <Empty title={t.artifactPages.noFiles} />;
  const all = answer.data.total;
  const file = files.find((one) => one.path === chosen);
  const total = files.reduce((sum, one) => sum + one.size_bytes, 0);
  const choose = (path: string) => {
    const page = artifactAt({ ...place, name: version.name, version: version.version }, version.type, "files");
    navigate(`${page}?file=${encodeURIComponent(path)}`, { replace: true });
  };
  return (
    <div className={fileStyles.files}>
      <div className={fileStyles.side}>
        {files.length >= SEARCH_FROM && (
          <div className={fileStyles.search}>
            <SearchInput label={t.files.find} value={find} onChange={(event) => setFind(event.target.value)} />
          </div>
        )}
        <Tree files={matching} chosen={chosen} searching={wanted !== ""} onChoose={choose} />
        {matching.length === 0 && <p className={fileStyles.none}>{t.files.noMatch}</p>}
        <p className={fileStyles.total}>
          {all > files.length ? t.files.listed(files.length, all) : t.files.total(files.length, size(total))}
        </p>
      </div>
      {file ? (
        <FilePreview key={file.path} file={file} />
      ) : (
        <Empty title={chosen ? t.artifactPages.goFile(chosen) : t.files.choose} />
      )}
    </div>
  );
}

function FilePreview({ file }: { file: ArtifactFile }) {
  const kind = previewKind(file.path);
  const [asText, setAsText] = useState(false);
  return (
    <section className={fileStyles.preview} aria-label={file.path}>
      <header className={fileStyles.head}>
        <h2 title={file.path}>{cutMiddle(file.path, 64, 24)}</h2>
        <span className={fileStyles.facts}>{size(file.size_bytes)}</span>
        <span className={fileStyles.actions}>
          {file.url && isTwofold(kind) && (
            <span className={parts.segmented} role="group" aria-label={t.files.view}>
              <button type="button" aria-pressed={!asText} onClick={() => setAsText(false)}>
                {kind === "markdown" ? t.files.rendered : t.files.asTable}
              </button>
              <button type="button" aria-pressed={asText} onClick={() => setAsText(true)}>
                {t.files.asText}
              </button>
            </span>
          )}
          {file.url && (
            <a
              className={`${parts.button} ${parts.plain}`}
              href={file.url}
              download={file.path.slice(file.path.lastIndexOf("/") + 1)}
              aria-label={t.files.download(file.path)}
            >
              <Icon name="download" size={14} />
              {t.actions.download}
            </a>
          )}
        </span>
      </header>
      <div className={fileStyles.content}>
        <FileContent file={file} asText={asText} />
      </div>
    </section>
  );
}

/** What is in a file of an artifact; of a reference, where it points. */
function FileContent({ file, asText }: { file: ArtifactFile; asText: boolean }) {
  if (file.url === null) {
    return (
      <div className={styles.reference}>
        <p>{t.artifactPages.refersTo}</p>
        <code>{file.ref}</code>
      </div>
    );
  }
  const kind = previewKind(file.path);
  const most = kind === "table" ? TABLE_BYTES : TEXT_BYTES;
  const { path, size_bytes, url } = file;
  const text = artifactTextQuery(file, most);
  return <Content file={{ path, size_bytes, address: url, text, most_bytes: most }} kind={kind} asText={asText} />;
}
