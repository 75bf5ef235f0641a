"""Small files of pending versions: as many as come at once are kept with one wait for the disk and one commit.

A body of some kilobytes costs more in waits, threads and transactions than in bytes. So small bodies, whether they come
one to a request or many, queue here; one thread takes what has queued, keeps all of it, and hands it to the catalog.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING

from runwell.server import failpoints
from runwell.server.stores.blobs import Blob, BlobStore
from runwell.wire.bundle import SmallFile
from runwell.wire.errors import InvalidValue
from runwell.wire.limits import MAX_BUNDLE_BYTES, MAX_BUNDLE_FILES, MIB

from .access import Actor, Busy, NotFound
from .artifact_uploads import ArtifactUploads

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from runwell.server.stores.sql.catalog import Catalog

MAX_WAITING_BYTES = 128 * MIB  # of bodies in memory; beyond it, clients are told to come again


@dataclass(slots=True)
class _Arrival:
    """What one request brought."""

    actor: Actor
    artifact_id: int
    files: Sequence[SmallFile]
    size_bytes: int
    done: Future[None] = field(default_factory=Future)


class SmallFiles:
    """Takes small files.

    Args:
        catalog: what was announced and what came.
        blobs: the bytes.
        uploads: the versions that they belong to.
    """

    def __init__(self, catalog: Catalog, blobs: BlobStore, uploads: ArtifactUploads) -> None:
        self._catalog = catalog
        self._blobs = blobs
        self._uploads = uploads
        self._arrived: SimpleQueue[_Arrival | None] = SimpleQueue()
        self._lock = threading.Lock()
        self._waiting_bytes = 0
        self._thread: threading.Thread | None = None

    def submit(self, actor: Actor, artifact_id: int, files: Sequence[SmallFile]) -> Future[None]:
        """Take the bytes of the files of a pending version that announced their MD5s.

        Returns:
            Done when they are on disk and the catalog knows; failed: none of these files is known. With
            InvalidValue: one has another MD5. NotFound: one wasn't announced. Conflict: the version is committed.
            DiskFull: there is no space for them.

        Raises:
            Busy: too many wait already.
        """
        arrival = _Arrival(actor, artifact_id, files, sum(len(one.data) for one in files))
        arrival.done.set_running_or_notify_cancel()  # a request that ends early doesn't take it back
        with self._lock:
            if self._waiting_bytes + arrival.size_bytes > MAX_WAITING_BYTES:
                raise Busy("more files come than the disk takes; try again in a moment")
            self._waiting_bytes += arrival.size_bytes
            if self._thread is None:
                self._thread = threading.Thread(target=self._work, name="small-files", daemon=True)
                self._thread.start()
        self._arrived.put(arrival)
        return arrival.done

    def close(self) -> None:
        """Keep what came before this, and end."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread is not None:
            self._arrived.put(None)
            thread.join()

    def _work(self) -> None:
        arrival = self._arrived.get()
        while arrival is not None:
            group = [arrival]
            arrival = None
            while _fits(group):
                try:
                    arrival = self._arrived.get_nowait()
                except Empty:
                    break
                if arrival is None:
                    self._keep(group)
                    return
                group.append(arrival)
            self._keep(group)
            arrival = self._arrived.get()

    def _keep(self, group: list[_Arrival]) -> None:
        by_version: dict[tuple[Actor, int], list[_Arrival]] = {}
        try:
            for one in group:
                by_version.setdefault((one.actor, one.artifact_id), []).append(one)
            good = [one for (actor, version), some in by_version.items() for one in self._checked(actor, version, some)]
            kept = iter(self._blobs.put_many([file.data for one in good for file in one.files]))
            failpoints.hit("artifact.kept")
            found = {id(one): {file.md5: next(kept) for file in one.files} for one in good}
            for (actor, version), some in by_version.items():
                self._tell(actor, version, [(one, found[id(one)]) for one in some if id(one) in found])
        except Exception as error:
            for one in group:
                if not one.done.done():
                    one.done.set_exception(error)
        finally:
            with self._lock:
                self._waiting_bytes -= sum(one.size_bytes for one in group)

    def _checked(self, actor: Actor, artifact_id: int, some: list[_Arrival]) -> list[_Arrival]:
        """Give those whose bytes are what was announced; the others have failed."""
        wanted = {file.md5 for one in some for file in one.files}
        good: list[_Arrival] = []
        try:
            unknown = self._catalog.read(lambda c: self._uploads.unannounced(c, actor, artifact_id, wanted))
        except Exception as error:
            for one in some:
                one.done.set_exception(error)
            return good
        for one in some:
            failure = _failure(one, unknown)
            if failure is None:
                good.append(one)
            else:
                one.done.set_exception(failure)
        return good

    def _tell(self, actor: Actor, artifact_id: int, kept: list[tuple[_Arrival, dict[str, Blob]]]) -> None:
        """Let the catalog know; the arrivals are done with its commit, while the next group is kept."""
        if not kept:
            return
        blobs = {md5: blob for _, found in kept for md5, blob in found.items()}

        def work(c: Connection) -> None:
            self._uploads.came(c, actor, artifact_id, blobs)

        def told(written: Future[None]) -> None:
            error = written.exception()
            for one, _ in kept:
                if error is None:
                    one.done.set_result(None)
                else:
                    one.done.set_exception(error)

        self._catalog.submit(work).add_done_callback(told)


def _fits(group: list[_Arrival]) -> bool:
    size, count = sum(one.size_bytes for one in group), sum(len(one.files) for one in group)
    return size < MAX_BUNDLE_BYTES and count < MAX_BUNDLE_FILES


def _failure(arrival: _Arrival, unknown: frozenset[str]) -> Exception | None:
    for file in arrival.files:
        if file.md5 in unknown:
            return NotFound("no file of these bytes was announced")
        found = hashlib.md5(file.data, usedforsecurity=False).hexdigest()
        if found != file.md5:
            return InvalidValue(f"the bytes have the MD5 {found}, not {file.md5}; nothing was kept")
    return None
