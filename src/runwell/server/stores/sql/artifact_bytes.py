"""What artifacts hold, in the catalog: manifests, bytes on their way, files, and which blobs all these name."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, insert, select, union, update
from sqlalchemy.dialects.postgresql import insert as postgresql_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from runwell.server.stores.artifact_records import (
    COMMITTED,
    DELETED,
    PENDING,
    ArtifactFileRecord,
    ListPage,
    ManifestRecord,
    UploadRecord,
)

from .artifact_tables import artifact, artifact_collection, artifact_file, artifact_manifest, artifact_upload
from .tables import project

_BATCH = 500  # values of one IN: SQLite takes 32,766 in all, statements stay short
_MANIFEST = (
    artifact_manifest.c.id,
    artifact_manifest.c.artifact_id,
    artifact_manifest.c.name,
    artifact_manifest.c.kind,
    artifact_manifest.c.md5,
    artifact_manifest.c.blob_digest,
    artifact_manifest.c.size_bytes,
)
_UPLOAD = (
    artifact_upload.c.path,
    artifact_upload.c.md5,
    artifact_upload.c.blob_digest,
    artifact_upload.c.size_bytes,
)
_FILE = (
    artifact_file.c.artifact_id,
    artifact_file.c.path,
    artifact_file.c.digest,
    artifact_file.c.blob_digest,
    artifact_file.c.size_bytes,
    artifact_file.c.ref,
)


_CAME = (
    update(artifact_upload)
    .where(artifact_upload.c.artifact_id == bindparam("of"), artifact_upload.c.md5 == bindparam("announced"))
    .values(blob_digest=bindparam("blob_digest"), size_bytes=bindparam("size_bytes"))
)


def _sorts_by_bytes(c: Connection) -> bool:
    """Tell whether a folder's paths are one stretch of the index: PostgreSQL may sort as its locale does."""
    return c.dialect.name == "sqlite"


class ArtifactBytes:
    """Rows of tables ``artifact_manifest``, ``artifact_upload`` and ``artifact_file``."""

    def referenced(self, c: Connection, digests: Sequence[str]) -> frozenset[str]:
        """Tell which of these blobs some artifact names."""
        chosen = union(
            *(
                select(table.c.blob_digest).where(table.c.blob_digest.in_(digests))
                for table in (artifact_file, artifact_manifest, artifact_upload)
            )
        )
        return frozenset(c.execute(chosen).scalars())

    def give_up(self, c: Connection, before: float, now: float) -> int:
        """Forget pending versions untouched since ``before``, with what came for them; return how many."""
        old = list(
            c.execute(
                select(artifact.c.id).where(artifact.c.state == PENDING, artifact.c.updated_at < before).limit(1_000)
            ).scalars()
        )
        for artifact_id in old:
            self.forget(c, artifact_id)
        if old:
            c.execute(update(artifact).where(artifact.c.id.in_(old)).values(state=DELETED, deleted_at=now))
        return len(old)

    def forget(self, c: Connection, artifact_id: int) -> None:
        """Forget everything a version holds; its row stays."""
        for table in (artifact_file, artifact_manifest, artifact_upload):
            c.execute(delete(table).where(table.c.artifact_id == artifact_id))

    # manifests

    def add_manifest(self, c: Connection, artifact_id: int, name: str, kind: str, md5: str, now: float) -> int:
        """Announce a manifest; return its id."""
        values = {"artifact_id": artifact_id, "name": name, "kind": kind, "md5": md5, "size_bytes": 0}
        made = c.execute(insert(artifact_manifest).values(**values, created_at=now)).inserted_primary_key
        assert made is not None
        return made[0]

    def announce_manifest(self, c: Connection, manifest_id: int, md5: str) -> None:
        """Say which bytes a manifest will have; others that came before are forgotten."""
        row = artifact_manifest.c
        values = {"md5": md5, "blob_digest": None, "size_bytes": 0}
        c.execute(update(artifact_manifest).where(row.id == manifest_id, row.md5 != md5).values(**values))

    def manifests(self, c: Connection, artifact_id: int) -> list[ManifestRecord]:
        """List a version's manifests in the order they were announced."""
        chosen = select(*_MANIFEST).where(artifact_manifest.c.artifact_id == artifact_id)
        return [ManifestRecord(*row) for row in c.execute(chosen.order_by(artifact_manifest.c.id))]

    def manifest(self, c: Connection, manifest_id: int) -> ManifestRecord | None:
        """Find a manifest by its id."""
        row = c.execute(select(*_MANIFEST).where(artifact_manifest.c.id == manifest_id)).first()
        return ManifestRecord(*row) if row else None

    def touch(self, c: Connection, artifact_id: int, now: float) -> bool:
        """Note that a pending version's writer was heard; False: it isn't pending any more."""
        chosen = update(artifact).where(artifact.c.id == artifact_id, artifact.c.state == PENDING)
        return bool(c.execute(chosen.values(updated_at=now)).rowcount)

    def manifest_came(self, c: Connection, manifest_id: int, md5: str, blob_digest: str, size_bytes: int) -> bool:
        """Note a manifest's bytes; False: others are announced by now."""
        row = artifact_manifest.c
        chosen = update(artifact_manifest).where(row.id == manifest_id, row.md5 == md5)
        return bool(c.execute(chosen.values(blob_digest=blob_digest, size_bytes=size_bytes)).rowcount)

    def settle_manifest(self, c: Connection, artifact_id: int, name: str, blob: Any, md5: str, now: float) -> None:
        """Make this blob the only, whole manifest of a version."""
        c.execute(delete(artifact_manifest).where(artifact_manifest.c.artifact_id == artifact_id))
        values = {"name": name, "kind": "FULL", "md5": md5, "blob_digest": blob.digest, "size_bytes": blob.size_bytes}
        c.execute(insert(artifact_manifest).values(artifact_id=artifact_id, **values, created_at=now))

    # bytes on their way

    def announce(self, c: Connection, artifact_id: int, uploads: Sequence[UploadRecord]) -> None:
        """Note the bytes that will come for paths of a version, or (with a ``blob_digest``) that are here already."""
        if not uploads:
            return
        make = postgresql_insert if c.dialect.name == "postgresql" else sqlite_insert
        chosen = make(artifact_upload)
        values = {name: chosen.excluded[name] for name in ("md5", "blob_digest", "size_bytes")}
        chosen = chosen.on_conflict_do_update(index_elements=["artifact_id", "path"], set_=values)
        rows = {
            one.path: {
                "artifact_id": artifact_id,
                "path": one.path,
                "md5": one.md5,
                "blob_digest": one.blob_digest,
                "size_bytes": one.size_bytes,
            }
            for one in uploads
        }
        c.execute(chosen, list(rows.values()))

    def came(self, c: Connection, artifact_id: int, came: Mapping[str, tuple[str, int]]) -> None:
        """Note the bytes of every path of a version that announced these MD5s.

        Args:
            came: SHA-256 and size by MD5 (base64).
        """
        c.execute(
            _CAME,
            [
                {"of": artifact_id, "announced": md5, "blob_digest": digest, "size_bytes": size_bytes}
                for md5, (digest, size_bytes) in came.items()
            ],
        )

    def uploads(self, c: Connection, artifact_id: int, md5s: Iterable[str] | None = None) -> list[UploadRecord]:
        """List what was announced for a version (with these MD5s)."""
        row = artifact_upload.c
        chosen = select(*_UPLOAD).where(row.artifact_id == artifact_id)
        if md5s is None:
            return [UploadRecord(*found) for found in c.execute(chosen)]
        wanted = sorted(set(md5s))
        parts = (wanted[n : n + _BATCH] for n in range(0, len(wanted), _BATCH))
        return [UploadRecord(*found) for part in parts for found in c.execute(chosen.where(row.md5.in_(part)))]

    def reachable(self, c: Connection, entity_id: int, md5s: Iterable[str]) -> dict[str, UploadRecord]:
        """Find bytes by MD5 in the committed versions of one entity, and of no other."""
        found: dict[str, UploadRecord] = {}
        wanted = sorted(set(md5s))
        for n in range(0, len(wanted), _BATCH):
            chosen = (
                select(artifact_file.c.digest, artifact_file.c.blob_digest, artifact_file.c.size_bytes)
                .join(artifact, artifact.c.id == artifact_file.c.artifact_id)
                .join(artifact_collection, artifact_collection.c.id == artifact.c.collection_id)
                .join(project, project.c.id == artifact_collection.c.project_id)
                .where(
                    artifact_file.c.digest.in_(wanted[n : n + _BATCH]),
                    artifact_file.c.blob_digest.is_not(None),
                    artifact.c.state == COMMITTED,
                    project.c.entity_id == entity_id,
                )
                .distinct()
            )
            for md5, blob_digest, size_bytes in c.execute(chosen):
                found[md5] = UploadRecord("", md5, blob_digest, size_bytes)
        return found

    # files

    def put_files(self, c: Connection, files: Sequence[ArtifactFileRecord]) -> None:
        """Write a version's files; what was announced for it is done with."""
        if not files:
            return
        artifact_id = files[0].artifact_id
        c.execute(delete(artifact_file).where(artifact_file.c.artifact_id == artifact_id))
        names = [column.name for column in _FILE]
        c.execute(insert(artifact_file), [{name: getattr(file, name) for name in names} for file in files])

    def drop_uploads(self, c: Connection, artifact_id: int) -> None:
        """Forget what was announced for a version."""
        c.execute(delete(artifact_upload).where(artifact_upload.c.artifact_id == artifact_id))

    def files(
        self,
        c: Connection,
        artifact_id: int,
        *,
        names: Sequence[str] | None = None,
        prefix: str = "",
        find: str = "",
        offset: int = 0,
        limit: int | None = None,
    ) -> ListPage:
        """List a version's files by path; those that ``find`` is in, letters' case aside."""
        where = [artifact_file.c.artifact_id == artifact_id]
        if names is not None:
            where.append(artifact_file.c.path.in_(list(names)))
        if prefix:
            where.append(func.substr(artifact_file.c.path, 1, len(prefix)) == prefix)
            if _sorts_by_bytes(c):
                where += [artifact_file.c.path >= prefix, artifact_file.c.path < prefix + chr(0x10FFFF)]
        if find:
            where.append(artifact_file.c.path.icontains(find, autoescape=True))
        total = c.execute(select(func.count()).where(*where)).scalar_one()
        chosen = select(*_FILE).where(*where).order_by(artifact_file.c.path).offset(offset)
        rows = c.execute(chosen.limit(limit) if limit is not None else chosen)
        return ListPage([ArtifactFileRecord(*row) for row in rows], total)

    def folder(
        self, c: Connection, artifact_id: int, folder: str, *, offset: int = 0, limit: int | None = None
    ) -> tuple[list[tuple[str, int, int]], ListPage]:
        """List what lies directly in a folder of a version.

        Args:
            folder: its path with a slash at the end; "" for the whole.

        Returns:
            Its folders as (path, files below, their bytes), and a page of its own files, both by path.
        """
        row = artifact_file.c
        rest = func.substr(row.path, len(folder) + 1)
        slash = func.strpos(rest, "/") if c.dialect.name == "postgresql" else func.instr(rest, "/")
        mine = [row.artifact_id == artifact_id]
        if folder:
            mine.append(func.substr(row.path, 1, len(folder)) == folder)
            mine += [row.path > folder, row.path < folder[:-1] + chr(ord("/") + 1)] if _sorts_by_bytes(c) else []
        name = func.substr(rest, 1, slash - 1)
        below = select(name, func.count(), func.sum(row.size_bytes)).where(*mine, slash > 0)
        folders = [
            (folder + found[0], found[1], int(found[2])) for found in c.execute(below.group_by(name).order_by(name))
        ]
        total = c.execute(select(func.count()).where(*mine, slash == 0)).scalar_one()
        chosen = select(*_FILE).where(*mine, slash == 0).order_by(row.path).offset(offset)
        rows = c.execute(chosen.limit(limit) if limit is not None else chosen)
        return folders, ListPage([ArtifactFileRecord(*found) for found in rows], total)

    def file(self, c: Connection, artifact_id: int, path: str) -> ArtifactFileRecord | None:
        """Find the file of exactly this path."""
        chosen = select(*_FILE).where(artifact_file.c.artifact_id == artifact_id, artifact_file.c.path == path)
        row = c.execute(chosen).first()
        return ArtifactFileRecord(*row) if row else None

    def holds(self, c: Connection, artifact_id: int, blob_digest: str) -> bool:
        """Tell whether a version has a file or manifest of these bytes."""
        return any(
            c.execute(
                select(table.c.artifact_id)
                .where(table.c.artifact_id == artifact_id, table.c.blob_digest == blob_digest)
                .limit(1)
            ).first()
            for table in (artifact_file, artifact_manifest)
        )
