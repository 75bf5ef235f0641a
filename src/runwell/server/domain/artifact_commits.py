"""The commit of a version: every byte of its manifest is here, or there is no version."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from runwell.server import failpoints
from runwell.server.stores.artifact_records import (
    COMMITTED,
    LATEST,
    ArtifactFileRecord,
    ArtifactRecord,
    ManifestRecord,
    UploadRecord,
)
from runwell.server.stores.blobs import Blob, BlobStore
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import MAX_MANIFEST_BYTES
from runwell.wire.manifest import (
    ManifestEntry,
    check_paths,
    decode_manifest,
    encode_manifest,
    manifest_digest,
)

from .access import Actor, Conflict
from .artifacts import Artifacts
from .blob_sweep import demand_there

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from runwell.server.stores.sql.catalog import Catalog

MANIFEST_NAME = "wandb_manifest.json"


class ArtifactCommits:
    """Makes pending versions visible, whole.

    Args:
        catalog: what was announced and what came.
        blobs: the bytes.
        artifacts: finds versions.
        clock: seconds since the epoch.
    """

    def __init__(
        self, catalog: Catalog, blobs: BlobStore, artifacts: Artifacts, clock: Callable[[], float] = time.time
    ) -> None:
        self._catalog = catalog
        self._blobs = blobs
        self._artifacts = artifacts
        self._clock = clock

    def commit(self, actor: Actor, artifact_id: int) -> ArtifactRecord:
        """Make a version visible: its number, its aliases, its files, in one transaction; repeated, nothing more.

        Raises:
            InvalidValue: the manifest can't be read, or names what can't lie in one folder.
            Conflict: bytes are missing or have another size; the message names the first such file.
            NotFound, Forbidden: it isn't the actor's to write.
        """

        def look(c: Connection) -> tuple[ArtifactRecord, list[ManifestRecord], list[ManifestRecord]]:
            version = self._artifacts.writable(c, actor, artifact_id)
            return version, self._catalog.artifact_bytes.manifests(c, artifact_id), self._base(c, version)

        version, manifests, base = self._catalog.read(look)
        if version.state == COMMITTED:
            return version
        whole, entries = self._whole_manifest(version, manifests, base)
        check_paths(entries)
        digest = version.digest if _is_single(manifests) else manifest_digest(entries)
        done = self._catalog.write(lambda c: self._committed(c, actor, artifact_id, manifests, whole, entries, digest))
        failpoints.hit("artifact.committed")
        return done

    def _base(self, c: Connection, version: ArtifactRecord) -> list[ManifestRecord]:
        if version.base_id is None or version.state == COMMITTED:
            return []
        base = self._catalog.artifacts.find(c, version.base_id)
        if base is None or base.state != COMMITTED:
            raise Conflict(
                f"the version that artifact {shorten(version.label)} adds to was deleted meanwhile; log it whole"
            )
        return self._catalog.artifact_bytes.manifests(c, base.id)

    def _whole_manifest(
        self, version: ArtifactRecord, manifests: list[ManifestRecord], base: list[ManifestRecord]
    ) -> tuple[ManifestRecord | Blob, Mapping[str, ManifestEntry]]:
        """Give the manifest that the version will have: the one that came, or what several come to together."""
        here = [one for one in manifests if one.blob_digest]
        full = [one for one in here if one.kind == "FULL"]
        if full:
            return full[-1], self._read(full[-1])
        if not here:
            raise Conflict(f"the manifest of artifact {shorten(version.label)} hasn't come; it can't be committed")
        entries: dict[str, ManifestEntry] = {}
        for one in [*base, *here]:
            entries.update(self._read(one))
        data = encode_manifest(entries)
        if len(data) > MAX_MANIFEST_BYTES:
            raise InvalidValue(f"the manifest has {len(data):,} bytes; at most {MAX_MANIFEST_BYTES:,} are kept")
        return self._blobs.put([data], len(data)), entries

    def _read(self, manifest: ManifestRecord) -> dict[str, ManifestEntry]:
        assert manifest.blob_digest is not None
        if manifest.size_bytes > MAX_MANIFEST_BYTES:
            raise InvalidValue(f"a manifest has at most {MAX_MANIFEST_BYTES:,} bytes")
        with self._blobs.open(manifest.blob_digest) as file:
            return decode_manifest(file.read())

    def _committed(
        self,
        c: Connection,
        actor: Actor,
        artifact_id: int,
        manifests: list[ManifestRecord],
        whole: ManifestRecord | Blob,
        entries: Mapping[str, ManifestEntry],
        digest: str,
    ) -> ArtifactRecord:
        version = self._artifacts.writable(c, actor, artifact_id)
        if version.state == COMMITTED:
            return version
        if self._catalog.artifact_bytes.manifests(c, artifact_id) != manifests:
            raise Conflict(f"the manifest of artifact {shorten(version.label)} changed meanwhile; commit again")
        now = self._clock()
        files = self._files(c, version, entries)
        store = self._catalog.artifact_bytes
        store.put_files(c, files)
        store.drop_uploads(c, artifact_id)
        if isinstance(whole, Blob):
            blob = whole
            store.settle_manifest(c, artifact_id, MANIFEST_NAME, blob, "", now)
        else:
            blob = Blob(whole.blob_digest or "", whole.size_bytes)
            store.settle_manifest(c, artifact_id, MANIFEST_NAME, blob, whole.md5, now)
        demand_there(self._blobs, blob.digest)
        sequence = version.collection
        index = self._catalog.collections.next_version(c, sequence.id)
        self._catalog.artifacts.add_member(c, sequence.id, artifact_id, index, now)
        self._catalog.artifacts.change(
            c,
            artifact_id,
            {
                "state": COMMITTED,
                "digest": digest,
                "size_bytes": sum(file.size_bytes for file in files),
                "file_count": len(files),
                "committed_at": now,
                "updated_at": now,
            },
        )
        for alias in [*version.wanted_aliases, LATEST]:
            self._catalog.collections.move_alias(
                c, sequence.id, alias, artifact_id, now, actor.user_id or None, version.run_id
            )
        self._catalog.collections.change(c, sequence.id, {}, now)
        found = self._catalog.artifacts.find(c, artifact_id)
        assert found is not None
        failpoints.hit("artifact.written")
        return found

    def _files(
        self, c: Connection, version: ArtifactRecord, entries: Mapping[str, ManifestEntry]
    ) -> list[ArtifactFileRecord]:
        came = {one.md5: one for one in self._catalog.artifact_bytes.uploads(c, version.id) if one.blob_digest}
        elsewhere = [one.digest for one in entries.values() if one.ref is None and one.digest not in came]
        came |= self._catalog.artifact_bytes.reachable(c, version.entity_id, elsewhere)
        return [self._file(version, one, came) for one in entries.values()]

    def _file(
        self, version: ArtifactRecord, entry: ManifestEntry, came: Mapping[str, UploadRecord]
    ) -> ArtifactFileRecord:
        if entry.ref is not None:
            return ArtifactFileRecord(version.id, entry.path, entry.digest, None, entry.size_bytes or 0, entry.ref)
        found = came.get(entry.digest)
        if found is None:
            raise Conflict(
                f"artifact {shorten(version.label)} can't be committed: the bytes of {shorten(entry.path)} haven't come"
            )
        if entry.size_bytes is not None and entry.size_bytes != found.size_bytes:
            raise Conflict(
                f"artifact {shorten(version.label)} can't be committed: {shorten(entry.path)} has "
                f"{found.size_bytes:,} bytes where its manifest says {entry.size_bytes:,}"
            )
        return ArtifactFileRecord(version.id, entry.path, entry.digest, found.blob_digest, found.size_bytes, None)


def _is_single(manifests: list[ManifestRecord]) -> bool:
    return any(one.kind == "FULL" and one.blob_digest for one in manifests)
