"""Versions of artifacts: found by id, by name, by what a client calls them; opened; declared as read by a run."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING, BinaryIO

from runwell.server.stores.artifact_records import (
    COMMITTED,
    LATEST,
    PENDING,
    AliasRecord,
    ArtifactFileRecord,
    ArtifactRecord,
    CollectionRecord,
    ListPage,
    MembershipRecord,
    UploadRecord,
)
from runwell.server.stores.blobs import BlobStore
from runwell.server.stores.records import ProjectRef, RunRecord
from runwell.wire.bundle import SmallFile
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import MAX_BUNDLE_BYTES, MAX_BUNDLE_FILES, MAX_SMALL_FILE_BYTES
from runwell.wire.manifest import md5_base64

from .access import Actor, Forbidden, NotFound
from .artifact_names import read_address, read_version_name, version_index
from .projects import Projects

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from runwell.server.stores.sql.catalog import Catalog

_NAMED_VERSIONS = 10  # that an error lists


class Artifacts:
    """The versions of the catalog.

    Args:
        catalog: which versions there are.
        blobs: their bytes.
        projects: where they live.
        clock: seconds since the epoch.
    """

    def __init__(
        self, catalog: Catalog, blobs: BlobStore, projects: Projects, clock: Callable[[], float] = time.time
    ) -> None:
        self._catalog = catalog
        self._blobs = blobs
        self._projects = projects
        self._clock = clock

    def find(self, actor: Actor, artifact_id: int) -> ArtifactRecord:
        """Find a version by its id; one that isn't committed yet only for those who may write it.

        Raises:
            NotFound: there is none, it was deleted, or it isn't the actor's.
        """
        return self._catalog.read(lambda c: self.found(c, actor, artifact_id))

    def found(self, c: Connection, actor: Actor, artifact_id: int) -> ArtifactRecord:
        """Do what :meth:`find` does inside a transaction."""
        version = self._catalog.artifacts.find(c, artifact_id)
        if version is None or not actor.may_read(version.entity_id) or self._is_gone(c, version):
            raise NotFound("there is no such artifact")
        if version.state == COMMITTED or (version.state == PENDING and actor.may_write(version.entity_id)):
            return version
        raise NotFound("there is no such artifact")

    def writable(self, c: Connection, actor: Actor, artifact_id: int) -> ArtifactRecord:
        """Find a version to change it.

        Raises:
            NotFound, Forbidden: see :meth:`Actor.demand_write`.
        """
        version = self.found(c, actor, artifact_id)
        actor.demand_write(version.entity_id, f"artifact {shorten(version.label)}")
        return version

    def _is_gone(self, c: Connection, version: ArtifactRecord) -> bool:
        ref = version.collection.project
        # A deleted project takes its artifacts with it; a restored one brings them back.
        return version.collection.deleted_at is not None or self._catalog.projects.find(c, ref.entity, ref.name) is None

    def collection(self, actor: Actor, entity: str, project: str, name: str) -> CollectionRecord:
        """Find a collection by its name.

        Raises:
            NotFound: there is none, or it isn't the actor's.
        """

        def work(c: Connection) -> CollectionRecord:
            return self.collection_of(c, self._projects.found(c, actor, entity, project), name)

        return self._catalog.read(work)

    def collection_of(self, c: Connection, ref: ProjectRef, name: str) -> CollectionRecord:
        """Find a collection of a project that the actor may read.

        Raises:
            NotFound: there is none.
        """
        found = self._catalog.collections.find(c, ref.id, name)
        if found is None:
            raise NotFound(f"there is no artifact {shorten(name)} in {ref.entity}/{ref.name}")
        return found

    def collection_by_id(self, actor: Actor, collection_id: int) -> CollectionRecord:
        """Find a collection by its id.

        Raises:
            NotFound: there is none, it was deleted, or it isn't the actor's.
        """
        return self._catalog.read(lambda c: self.collection_with_id(c, actor, collection_id))

    def collection_with_id(self, c: Connection, actor: Actor, collection_id: int) -> CollectionRecord:
        """Do what :meth:`collection_by_id` does inside a transaction."""
        found = self._catalog.collections.find_by_id(c, collection_id)
        if found is None or found.deleted_at is not None or not actor.may_read(found.project.entity_id):
            raise NotFound("there is no such collection of artifacts")
        return found

    def named(self, actor: Actor, entity: str, project: str, text: str) -> MembershipRecord:
        """Find a version by name: ``name``, ``name:alias``, ``name:v3``, ``entity/project/name:alias``.

        Args:
            entity, project: where the name says nothing of them.

        Raises:
            InvalidValue: it is no name.
            NotFound: there is no such collection, alias or version (the message says which there are), or it isn't
            the actor's.
            Forbidden: it is a link into a project that he may not see.
        """
        name = read_version_name(text)

        def work(c: Connection) -> MembershipRecord:
            ref = self._projects.found(c, actor, name.entity or entity, name.project or project)
            return self.member(c, actor, self.collection_of(c, ref, name.collection), name.alias)

        return self._catalog.read(work)

    def member_of(self, actor: Actor, collection: CollectionRecord, alias: str) -> MembershipRecord:
        """Find a version of a collection of the actor's by alias or number.

        Raises:
            NotFound: there is none; the message says which there are.
            Forbidden: it is a link into a project that he may not see.
        """
        return self._catalog.read(lambda c: self.member(c, actor, collection, alias))

    def member(self, c: Connection, actor: Actor, collection: CollectionRecord, alias: str) -> MembershipRecord:
        """Do what :meth:`member_of` does inside a transaction."""
        index = version_index(alias)
        if index is not None:
            found = self._catalog.artifacts.member(c, collection, version_index=index)
        else:
            artifact_id = self._catalog.collections.alias(c, collection.id, alias)
            found = artifact_id and self._catalog.artifacts.member(c, collection, artifact_id=artifact_id)
        if not found:
            raise NotFound(
                f"artifact {shorten(collection.name)} has no {shorten(alias)}; {self._versions_in_words(c, collection)}"
            )
        if not actor.may_read(found.artifact.entity_id):
            raise Forbidden(
                f"{shorten(alias)} of {shorten(collection.name)} links to a version in a project that you may not see; "
                "ask who linked it to make you a member there"
            )
        return found

    def _versions_in_words(self, c: Connection, collection: CollectionRecord) -> str:
        page = self._catalog.artifacts.members(c, collection, limit=_NAMED_VERSIONS)
        if not page.total:
            return "it has no version yet"
        aliases = self._catalog.collections.aliases(c, collection_id=collection.id)
        words = [f"v{member.version_index}" for member in page.items]
        more = f" and {page.total - len(words):,} more" if page.total > len(words) else ""
        named = ", ".join(alias.alias for alias in aliases[:_NAMED_VERSIONS])
        return f"there are {', '.join(words)}{more}; its aliases are {named or 'none'}"

    def by_client_id(self, actor: Actor, client_id: str) -> ArtifactRecord:
        """Find a version by what its client called it before the server did.

        Raises:
            NotFound: there is none, or it isn't the actor's.
        """
        return self._catalog.read(lambda c: self._called(c, actor, client_id, False))

    def _called(self, c: Connection, actor: Actor, client_id: str, is_sequence: bool) -> ArtifactRecord:
        for version in self._catalog.artifacts.named_by_client(c, client_id, is_sequence):
            visible = version.state == COMMITTED or (
                version.state == PENDING and actor.may_write(version.entity_id) and not is_sequence
            )
            if visible and actor.may_read(version.entity_id) and not self._is_gone(c, version):
                return version
        raise NotFound(f"there is no artifact that its client called {shorten(client_id)}")

    def at_address(self, actor: Actor, text: str) -> tuple[ArtifactRecord, ArtifactFileRecord]:
        """Find the file that ``wandb-client-artifact://…`` or ``wandb-artifact://…`` refers to.

        Raises:
            InvalidValue: it is no such address.
            NotFound: the version or the file isn't there, or it isn't the actor's.
        """
        address = read_address(text)

        def work(c: Connection) -> tuple[ArtifactRecord, ArtifactFileRecord]:
            if address.client_id is None:
                version = self.found(c, actor, address.artifact_id or 0)
            else:
                version = self._called(c, actor, address.client_id, address.alias is not None)
                if address.alias is not None:
                    version = self.member(c, actor, version.collection, address.alias).artifact
            return version, self._file(c, version, address.path)

        return self._catalog.read(work)

    def _file(self, c: Connection, version: ArtifactRecord, path: str) -> ArtifactFileRecord:
        file = self._catalog.artifact_bytes.file(c, version.id, path) if version.state == COMMITTED else None
        if file is None:
            raise NotFound(f"artifact {shorten(version.label)} has no file {shorten(path)}")
        return file

    def file(self, actor: Actor, version: ArtifactRecord, path: str) -> ArtifactFileRecord:
        """Find a file of a version.

        Raises:
            NotFound: there is none of exactly this path.
        """
        self._demand_read(actor, version)
        return self._catalog.read(lambda c: self._file(c, version, path))

    def files(
        self,
        actor: Actor,
        version: ArtifactRecord,
        *,
        names: Sequence[str] | None = None,
        prefix: str = "",
        find: str = "",
        offset: int = 0,
        limit: int | None = None,
    ) -> ListPage:
        """List a committed version's files by path (only these names, only below a prefix, only with a text)."""
        self._demand_read(actor, version)
        if version.state != COMMITTED:
            return ListPage([], 0)
        return self._catalog.read(
            lambda c: self._catalog.artifact_bytes.files(
                c, version.id, names=names, prefix=prefix, find=find, offset=offset, limit=limit
            )
        )

    def folder(
        self, actor: Actor, version: ArtifactRecord, folder: str, *, offset: int = 0, limit: int | None = None
    ) -> tuple[list[tuple[str, int, int]], ListPage]:
        """List what lies directly in a folder of a committed version: (path, files, bytes) of folders, and files."""
        self._demand_read(actor, version)
        if version.state != COMMITTED:
            return [], ListPage([], 0)
        path = f"{folder.strip('/')}/" if folder.strip("/") else ""
        return self._catalog.read(
            lambda c: self._catalog.artifact_bytes.folder(c, version.id, path, offset=offset, limit=limit)
        )

    def manifest_blob(self, actor: Actor, version: ArtifactRecord) -> str:
        """Give the digest of a committed version's manifest.

        Raises:
            NotFound: it isn't committed.
        """
        self._demand_read(actor, version)
        for manifest in self._catalog.read(lambda c: self._catalog.artifact_bytes.manifests(c, version.id)):
            if version.state == COMMITTED and manifest.blob_digest:
                return manifest.blob_digest
        raise NotFound(f"artifact {shorten(version.label)} has no manifest yet")

    def open(self, actor: Actor, artifact_id: int, blob_digest: str) -> tuple[int, BinaryIO]:
        """Open bytes of a committed version, seekable; the caller closes them.

        Returns:
            Their size, and the bytes.

        Raises:
            NotFound: the version has no such bytes, or isn't the actor's.
        """
        version = self.find(actor, artifact_id)
        if version.state != COMMITTED or not self._catalog.read(
            lambda c: self._catalog.artifact_bytes.holds(c, artifact_id, blob_digest)
        ):
            raise NotFound("the artifact has no such file")
        return self._opened(blob_digest)

    def open_md5(
        self, actor: Actor, entity: str, md5: str, collection: tuple[str, str] | None = None
    ) -> tuple[int, BinaryIO]:
        """Open bytes by their MD5 (base64), if a committed version of the entity has them.

        Args:
            collection: project and collection that must be the actor's to read.

        Raises:
            NotFound: none has, or the entity isn't the actor's.
        """

        def work(c: Connection) -> str:
            if collection is not None:
                self.collection_of(c, self._projects.found(c, actor, entity, collection[0]), collection[1])
            found = self._reachable(c, actor, entity, [md5]).get(md5)
            if found is None or found.blob_digest is None:
                raise NotFound("there is no such file")
            return found.blob_digest

        return self._opened(self._catalog.read(work))

    def small_files(self, actor: Actor, entity: str, md5s: Sequence[str]) -> list[SmallFile]:
        """Give the bytes of small files by MD5 (hex), as far as committed versions of the entity have them.

        Returns:
            As many as a bundle holds; large files and what isn't there are left out.

        Raises:
            InvalidValue: too many are asked for, or one is no MD5.
            NotFound: the entity isn't the actor's.
        """
        if len(md5s) > MAX_BUNDLE_FILES:
            raise InvalidValue(f"{len(md5s):,} files at once; at most {MAX_BUNDLE_FILES:,}")
        asked = {md5_base64(md5): md5 for md5 in md5s}
        there = self._catalog.read(lambda c: self._reachable(c, actor, entity, asked))
        given: list[SmallFile] = []
        left = MAX_BUNDLE_BYTES
        for text, md5 in asked.items():
            found = there.get(text)
            if found is None or found.size_bytes > min(left, MAX_SMALL_FILE_BYTES):
                continue
            with suppress(FileNotFoundError), self._blobs.open(found.blob_digest or "") as file:
                given.append(SmallFile(md5, file.read(found.size_bytes)))
                left -= found.size_bytes
        return given

    def _reachable(self, c: Connection, actor: Actor, entity: str, md5s: Iterable[str]) -> dict[str, UploadRecord]:
        entity_id = self._catalog.accounts.entity_id(c, entity)
        if entity_id is None or not actor.may_read(entity_id):
            raise NotFound("there is no such file")
        return self._catalog.artifact_bytes.reachable(c, entity_id, md5s)

    def _opened(self, blob_digest: str) -> tuple[int, BinaryIO]:
        try:
            size = self._blobs.size_bytes(blob_digest)
            if size is not None:
                return size, self._blobs.open(blob_digest)
        except FileNotFoundError:
            pass
        raise NotFound("there is no such file")

    def use(self, actor: Actor, artifact_id: int, run: RunRecord, used_as: str | None = None) -> ArtifactRecord:
        """Declare a version as read by a run.

        Raises:
            NotFound, Forbidden: the version isn't the actor's to read, or the run not his to write.
        """
        actor.demand_write(run.entity_id, f"run {shorten(run.name)}")

        def work(c: Connection) -> ArtifactRecord:
            version = self.found(c, actor, artifact_id)
            if version.state != COMMITTED:
                raise InvalidValue(f"artifact {shorten(version.label)} isn't committed yet")
            self._catalog.lineage.use(c, version.id, run.id, used_as, self._clock())
            return version

        return self._catalog.write(work)

    def aliases(self, versions: Iterable[ArtifactRecord], collection_id: int | None = None) -> list[AliasRecord]:
        """List the aliases of versions (within one collection)."""
        ids = [version.id for version in versions]
        return self._catalog.read(
            lambda c: self._catalog.collections.aliases(c, artifact_ids=ids, collection_id=collection_id)
        )

    def latest(self, collection: CollectionRecord) -> ArtifactRecord | None:
        """Give the version that ``latest`` names."""

        def work(c: Connection) -> ArtifactRecord | None:
            found = self._catalog.collections.alias(c, collection.id, LATEST)
            return self._catalog.artifacts.find(c, found) if found else None

        return self._catalog.read(work)

    def memberships(self, actor: Actor, version: ArtifactRecord) -> list[MembershipRecord]:
        """List the collections that hold a version, as far as they are the actor's."""
        found = self._catalog.read(lambda c: self._catalog.artifacts.memberships(c, version))
        return [one for one in found if actor.may_read(one.collection.project.entity_id)]

    def user_name(self, version: ArtifactRecord) -> str | None:
        """Give the name of the user who logged a version."""
        return self._catalog.read(lambda c: self._catalog.artifacts.user_name(c, version.user_id or 0))

    def _demand_read(self, actor: Actor, version: ArtifactRecord) -> None:
        if not actor.may_read(version.entity_id):
            raise NotFound("there is no such artifact")
