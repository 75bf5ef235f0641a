/** The files of a version: a tree at the left, what is in the chosen one at the right. */
import { useQuery } from "@tanstack/react-query";
import { useDeferredValue, useMemo, useState } from "react";
import { useLocation, useSearch } from "wouter";
import {
  artifactTextQuery,
  FOLDER_PAGE,
  foundFilesQuery,
  TABLE_BYTES,
  TEXT_BYTES,
  versionFilesQuery,
} from "../../net/artifacts";
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
import { FolderTree } from "./FolderTree";

/** From so many files on a version is read folder by folder. */
const MANY_FILES = FOLDER_PAGE;

export function VersionFiles({ place, version }: { place: Place; version: WholeVersion }) {
  return version.file_count > MANY_FILES ? (
    <ManyFiles place={place} version={version} />
  ) : (
    <AllFiles place={place} version={version} />
  );
}

/** The file that the address names, and the way to another. */
function useChosenFile(place: Place, version: WholeVersion) {
  const [, navigate] = useLocation();
  const chosen = new URLSearchParams(useSearch()).get("file");
  const choose = (path: string) => {
    const page = artifactAt({ ...place, name: version.name, version: version.version }, version.type, "files");
    navigate(`${page}?file=${encodeURIComponent(path)}`, { replace: true });
  };
  return [chosen, choose] as const;
}

/** A version of many files: folder by folder, and searched by the server. */
function ManyFiles({ place, version }: { place: Place; version: WholeVersion }) {
  const [chosen, choose] = useChosenFile(place, version);
  const [find, setFind] = useState("");
  const wanted = useDeferredValue(find.trim());
  const found = useQuery({
    ...foundFilesQuery(place, version.name, version.version, { find: wanted }),
    enabled: wanted !== "",
    placeholderData: (before) => before,
  });
  const named = useQuery({
    ...foundFilesQuery(place, version.name, version.version, { prefix: chosen ?? "" }),
    enabled: chosen !== null,
  });
  const file = named.data?.files.find((one) => one.path === chosen);
  const matching = found.data?.files ?? [];
  return (
    <div className={fileStyles.files}>
      <div className={fileStyles.side}>
        <div className={fileStyles.search}>
          <SearchInput label={t.files.find} value={find} onChange={(event) => setFind(event.target.value)} />
        </div>
        {wanted ? (
          <>
            <Tree files={matching} chosen={chosen} searching onChoose={choose} />
            {found.data?.total === 0 && <p className={fileStyles.none}>{t.files.noMatch}</p>}
          </>
        ) : (
          <FolderTree place={place} version={version} chosen={chosen} onChoose={(one) => choose(one.path)} />
        )}
        <p className={fileStyles.total}>
          {wanted && found.data
            ? t.artifactPages.ofAll(matching.length, found.data.total)
            : t.files.total(version.file_count, size(version.size_bytes))}
        </p>
      </div>
      {file ? (
        <FilePreview key={file.path} file={file} />
      ) : (
        <Empty title={chosen && named.isSuccess ? t.artifactPages.goFile(chosen) : t.files.choose} />
      )}
    </div>
  );
}

function AllFiles({ place, version }: { place: Place; version: WholeVersion }) {
  const answer = useQuery(versionFilesQuery(place, version.name, version.version));
  const [chosen, choose] = useChosenFile(place, version);
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
