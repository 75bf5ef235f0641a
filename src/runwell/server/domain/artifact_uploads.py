"""A version on its way: begun, its manifest and files announced, their bytes taken."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from runwell.server import failpoints
from runwell.server.stores.artifact_records import (
    COMMITTED,
    LATEST,
    PENDING,
    SEQUENCE,
    ArtifactRecord,
    CollectionRecord,
    ManifestRecord,
    UploadRecord,
)
from runwell.server.stores.blobs import Blob, BlobStore
from runwell.server.stores.records import ProjectRef
from runwell.wire import names
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import MAX_MANIFEST_BYTES
from runwell.wire.manifest import md5_base64, md5_hex

from .access import Actor, Conflict, NotFound
from .artifacts import Artifacts
from .blob_sweep import demand_there
from .md5_beside import Md5Beside
from .new_version import NewVersion, check_aliases, check_client_id, check_description, check_tags, read_metadata
from .projects import Projects

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from runwell.server.stores.sql.catalog import Catalog

MANIFEST_KINDS = ("FULL", "INCREMENTAL", "PATCH")
MAX_ANNOUNCED = 10_000  # files of one call: the official client's largest batch


class ArtifactUploads:
    """Versions that are being written.

    Args:
        catalog: what was announced and what came.
        blobs: the bytes.
        projects: where versions go.
        artifacts: finds them.
        clock: seconds since the epoch.
    """

    def __init__(
        self,
        catalog: Catalog,
        blobs: BlobStore,
        projects: Projects,
        artifacts: Artifacts,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self._catalog = catalog
        self._blobs = blobs
        self._projects = projects
        self._artifacts = artifacts
        self._clock = clock

    def begin(self, actor: Actor, new: NewVersion) -> ArtifactRecord:
        """Begin a version, or give the one that has these contents already (committed, its aliases moved to it).

        Repeated with the same client id, or by another writer with the same distributed id, it gives the same version.

        Raises:
            InvalidValue: a name or value breaks a rule, or the collection holds another type.
            NotFound, Forbidden: the place isn't the actor's.
        """
        name, type_ = names.artifact_name(new.name), names.artifact_type(new.type)
        values = {
            "description": check_description(new.description or ""),
            "metadata": read_metadata(new.metadata),
            "tags": check_tags(new.tags),
            "ttl_s": new.ttl_s if new.ttl_s and new.ttl_s > 0 else None,
            "history_step": new.history_step,
            "distributed_id": check_client_id(new.distributed_id),
            "wanted_aliases": [alias for alias in check_aliases(new.aliases) if alias != LATEST],
        }
        client_id, sequence_id = check_client_id(new.client_id), check_client_id(new.sequence_client_id)
        if not new.digest or len(new.digest) > 128 or not new.digest.isascii():
            raise InvalidValue(f"the artifact's digest {shorten(new.digest)} is none")

        def work(c: Connection) -> ArtifactRecord:
            now = self._clock()
            ref = self._projects.made(c, actor, new.entity, new.project)
            run_id = self._run_id(c, ref, new.run)
            sequence = self._sequence(c, ref, type_, name, now)
            version = self._there_already(c, sequence, new, client_id)
            if version is None:
                version_id = self._catalog.artifacts.insert(
                    c,
                    {
                        **values,
                        "collection_id": sequence.id,
                        "state": PENDING,
                        "digest": new.digest,
                        "digest_algorithm": new.digest_algorithm,
                        "run_id": run_id,
                        "user_id": actor.user_id or None,
                        "created_at": now,
                        "updated_at": now,
                    },
                )
            else:
                version_id = version.id
                if version.state == COMMITTED:
                    for alias in [*values["wanted_aliases"], LATEST]:
                        self._catalog.collections.move_alias(
                            c, sequence.id, alias, version_id, now, actor.user_id or None, run_id
                        )
                else:
                    wanted = list(dict.fromkeys([*version.wanted_aliases, *values["wanted_aliases"]]))
                    self._catalog.artifacts.change(c, version_id, {"wanted_aliases": wanted, "updated_at": now})
            if client_id:
                self._catalog.artifacts.name_by_client(c, client_id, version_id)
            if sequence_id:
                self._catalog.artifacts.name_by_client(c, sequence_id, version_id, is_sequence=True)
            self._catalog.projects.active(c, ref.id, now)
            found = self._catalog.artifacts.find(c, version_id)
            assert found is not None
            return found

        return self._catalog.write(work)

    def _run_id(self, c: Connection, ref: ProjectRef, run: str | None) -> int | None:
        if not run:
            return None
        found = self._catalog.runs.find(c, ref.id, run)
        if found is None or found.deleted_at is not None:
            raise NotFound(f"there is no run {shorten(run)} in {ref.entity}/{ref.name} to log the artifact")
        return found.id

    def _sequence(self, c: Connection, ref: ProjectRef, type_: str, name: str, now: float) -> CollectionRecord:
        found = self._catalog.collections.find(c, ref.id, name)
        if found is None:
            return self._catalog.collections.make(c, ref.id, SEQUENCE, type_, name, "", now)
        if found.kind != SEQUENCE:
            raise Conflict(f"{shorten(name)} is a portfolio of links; log the artifact under another name and link it")
        if found.type != type_:
            raise Conflict(
                f"artifact {shorten(name)} of {ref.entity}/{ref.name} has the type {shorten(found.type)}; "
                f"it can't be logged with the type {shorten(type_)}"
            )
        return found

    def _there_already(
        self, c: Connection, sequence: CollectionRecord, new: NewVersion, client_id: str | None
    ) -> ArtifactRecord | None:
        if client_id:
            for version in self._catalog.artifacts.named_by_client(c, client_id):
                if version.collection.id == sequence.id and version.state in (COMMITTED, PENDING):
                    return version
        if new.distributed_id:
            return self._catalog.artifacts.distributed(c, sequence.id, new.distributed_id)
        if new.deduplicates:
            return self._catalog.artifacts.with_digest(c, sequence.id, new.digest)
        return None

    def announce_manifest(
        self, actor: Actor, artifact_id: int, name: str, kind: str, md5: str, base_id: int | None
    ) -> ManifestRecord:
        """Announce a manifest of a pending version; a whole one replaces the one announced before.

        Args:
            md5: base64, or "" while it isn't known.
            base_id: the version that an incremental manifest adds to.

        Raises:
            InvalidValue: a value breaks a rule.
            Conflict: the version is committed.
        """
        names.file_path(name)
        if len(name) > 128 or kind not in MANIFEST_KINDS:
            raise InvalidValue(f"there is no manifest {shorten(name)} of kind {shorten(kind)}")
        if md5:
            md5_hex(md5)

        def work(c: Connection) -> ManifestRecord:
            version = self._pending(c, actor, artifact_id)
            now = self._clock()
            changes: dict[str, Any] = {"updated_at": now}
            if base_id is not None and kind == "INCREMENTAL":
                base = self._artifacts.found(c, actor, base_id)
                if base.entity_id != version.entity_id:
                    raise NotFound("there is no such base artifact in this entity")
                changes["base_id"] = base.id
            self._catalog.artifacts.change(c, version.id, changes)
            there = [one for one in self._catalog.artifact_bytes.manifests(c, version.id) if one.kind == kind]
            if kind == "FULL" and there:
                manifest_id = there[0].id
                if md5:
                    self._catalog.artifact_bytes.announce_manifest(c, manifest_id, md5)
            else:
                manifest_id = self._catalog.artifact_bytes.add_manifest(c, version.id, name, kind, md5, now)
            found = self._catalog.artifact_bytes.manifest(c, manifest_id)
            assert found is not None
            return found

        return self._catalog.write(work)

    def update_manifest(self, actor: Actor, manifest_id: int, md5: str) -> ManifestRecord:
        """Say which bytes a manifest announced earlier will have.

        Raises:
            NotFound: there is none, or it isn't the actor's.
            Conflict: the version is committed.
        """
        if md5:
            md5_hex(md5)

        def work(c: Connection) -> ManifestRecord:
            there = self._catalog.artifact_bytes.manifest(c, manifest_id)
            if there is None:
                raise NotFound("there is no such manifest")
            self._pending(c, actor, there.artifact_id)
            if md5:
                self._catalog.artifact_bytes.announce_manifest(c, manifest_id, md5)
            self._catalog.artifacts.change(c, there.artifact_id, {"updated_at": self._clock()})
            found = self._catalog.artifact_bytes.manifest(c, manifest_id)
            assert found is not None
            return found

        return self._catalog.write(work)

    def announce_files(self, actor: Actor, wanted: Sequence[tuple[int, str, str]]) -> list[UploadRecord]:
        """Announce files of pending versions.

        Args:
            wanted: version, path, MD5 in base64.

        Returns:
            In the same order, what is there: with a ``blob_digest`` where the entity's artifacts have the bytes
            already, without one where they must be sent.

        Raises:
            InvalidValue: a name or MD5 is none, or too many.
            NotFound, Forbidden, Conflict: a version isn't the actor's to write.
        """
        if len(wanted) > MAX_ANNOUNCED:
            raise InvalidValue(f"{len(wanted):,} files at once; at most {MAX_ANNOUNCED:,}")
        for _, path, md5 in wanted:
            names.file_path(path)
            md5_hex(md5)

        def work(c: Connection) -> list[UploadRecord]:
            now = self._clock()
            there: dict[int, dict[str, UploadRecord]] = {}
            for artifact_id in dict.fromkeys(artifact_id for artifact_id, _, _ in wanted):
                version = self._pending(c, actor, artifact_id)
                self._catalog.artifacts.change(c, artifact_id, {"updated_at": now})
                md5s = [md5 for other, _, md5 in wanted if other == artifact_id]
                known = self._catalog.artifact_bytes.reachable(c, version.entity_id, md5s)
                for upload in self._catalog.artifact_bytes.uploads(c, artifact_id, md5s):
                    if upload.blob_digest:
                        known.setdefault(upload.md5, upload)
                there[artifact_id] = known
            answer = [
                replace(there[artifact_id].get(md5, UploadRecord(path, md5, None, 0)), path=path)
                for artifact_id, path, md5 in wanted
            ]
            for artifact_id in there:
                mine = [found for found, (other, _, _) in zip(answer, wanted, strict=True) if other == artifact_id]
                self._catalog.artifact_bytes.announce(c, artifact_id, mine)
            return answer

        return self._catalog.write(work)

    def put_file(
        self, actor: Actor, artifact_id: int, md5: str, chunks: Iterable[bytes], size_bytes: int | None
    ) -> None:
        """Take the bytes of every file of a pending version that announced this MD5 (hex).

        Guarantee: when it returns, they are on disk and the catalog knows; if it raises, nothing was kept.

        Raises:
            InvalidValue: they have another MD5 or size.
            NotFound: none was announced.
            Conflict: the version is committed.
            DiskFull: there is no space for them.
        """
        if self._catalog.read(lambda c: self.unannounced(c, actor, artifact_id, [md5])):
            raise NotFound("no file of these bytes was announced")
        blob = self._kept(chunks, size_bytes, md5)
        failpoints.hit("artifact.kept")
        self._catalog.write(lambda c: self.came(c, actor, artifact_id, {md5: blob}))

    def unannounced(self, c: Connection, actor: Actor, artifact_id: int, md5s: Collection[str]) -> frozenset[str]:
        """Tell which of these MD5s (hex) no file of a pending version was announced with.

        Raises:
            NotFound, Forbidden, Conflict: the version isn't the actor's to write, or committed.
        """
        self._pending(c, actor, artifact_id)
        wanted = {md5_base64(md5): md5 for md5 in md5s}
        there = {one.md5 for one in self._catalog.artifact_bytes.uploads(c, artifact_id, wanted)}
        return frozenset(md5 for text, md5 in wanted.items() if text not in there)

    def came(self, c: Connection, actor: Actor, artifact_id: int, blobs: Mapping[str, Blob]) -> None:
        """Note the bytes, by MD5 (hex), of every file of a pending version that announced them.

        Raises:
            NotFound, Forbidden, Conflict: the version isn't the actor's to write, or committed.
            Busy: the bytes were swept away meanwhile.
        """
        if not self._catalog.artifact_bytes.touch(c, artifact_id, self._clock()):
            self._pending(c, actor, artifact_id)  # says what it is now
        came = {md5_base64(md5): (blob.digest, blob.size_bytes) for md5, blob in blobs.items()}
        self._catalog.artifact_bytes.came(c, artifact_id, came)
        demand_there(self._blobs, *(blob.digest for blob in blobs.values()))

    def put_manifest(
        self, actor: Actor, manifest_id: int, md5: str, chunks: Iterable[bytes], size_bytes: int | None
    ) -> None:
        """Take the bytes of a manifest, announced with this MD5 (hex).

        Raises:
            InvalidValue: they have another MD5 or size, or are too many.
            NotFound: there is no such manifest, or others were announced since.
            Conflict: the version is committed.
            DiskFull: there is no space for them.
        """
        announced = md5_base64(md5)

        def check(c: Connection) -> None:
            found = self._catalog.artifact_bytes.manifest(c, manifest_id)
            if found is None or found.md5 != announced:
                raise NotFound("no manifest of these bytes was announced")
            self._pending(c, actor, found.artifact_id)

        self._catalog.read(check)
        blob = self._kept(chunks, size_bytes, md5, MAX_MANIFEST_BYTES)

        def work(c: Connection) -> None:
            found = self._catalog.artifact_bytes.manifest(c, manifest_id)
            if found is None:
                raise NotFound("no manifest of these bytes was announced")
            self._pending(c, actor, found.artifact_id)
            if not self._catalog.artifact_bytes.manifest_came(c, manifest_id, announced, blob.digest, blob.size_bytes):
                raise NotFound("another manifest was announced since")
            demand_there(self._blobs, blob.digest)

        self._catalog.write(work)

    def _kept(self, chunks: Iterable[bytes], size_bytes: int | None, md5: str, limit: int | None = None) -> Blob:
        passing = Md5Beside(chunks)

        def checked() -> Iterator[bytes]:
            # Nothing is kept of what raises before its end.
            for chunk in passing:
                if limit is not None and passing.size_bytes > limit:
                    raise InvalidValue(f"a manifest has at most {limit:,} bytes")
                yield chunk
            found = passing.digest().hex()
            if size_bytes in (None, passing.size_bytes) and found != md5:
                raise InvalidValue(f"the bytes have the MD5 {found}, not {md5}; nothing was kept")

        return self._blobs.put(checked(), size_bytes)

    def _pending(self, c: Connection, actor: Actor, artifact_id: int) -> ArtifactRecord:
        version = self._artifacts.writable(c, actor, artifact_id)
        if version.state != PENDING:
            raise Conflict(f"artifact {shorten(version.label)} is committed; what it holds doesn't change any more")
        return version
