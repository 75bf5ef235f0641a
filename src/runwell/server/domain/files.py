"""Run files: put whole or not at all, listed, opened, deleted.

A path is only ever a label in the catalog; the bytes lie in the blob store under their digest.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from runwell.server.stores.blobs import BlobStore
from runwell.server.stores.records import FileRecord, RunRecord
from runwell.wire import names
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import MIB

from .access import Actor, NotFound
from .machine import METADATA_FILE, machine_of
from .runs import Runs

if TYPE_CHECKING:
    from runwell.server.stores.sql.catalog import Catalog

MAX_PATHS = 10_000  # of one request
MAX_METADATA_BYTES = 1 * MIB  # the official client's is about 2 kB


class RunFiles:
    """The files of runs.

    Args:
        catalog: which path is which blob.
        blobs: the bytes.
        runs: learns where a run ran when its metadata file arrives.
        clock: seconds since the epoch.
    """

    def __init__(self, catalog: Catalog, blobs: BlobStore, runs: Runs, clock: Callable[[], float] = time.time) -> None:
        self._catalog = catalog
        self._blobs = blobs
        self._runs = runs
        self._clock = clock

    def begin(self, actor: Actor, run: RunRecord, paths: Sequence[str]) -> list[str]:
        """Check the names of files that are to come.

        Returns:
            The paths in normal form C.

        Raises:
            InvalidValue: a name that can't be a file's, or too many.
            NotFound, Forbidden: the run isn't the actor's to write to.
        """
        actor.demand_write(run.entity_id, f"run {shorten(run.name)}")
        if len(paths) > MAX_PATHS:
            raise InvalidValue(f"{len(paths):,} files at once; at most {MAX_PATHS:,}")
        return [names.file_path(path) for path in paths]

    def put(
        self, actor: Actor, run: RunRecord, path: str, chunks: Iterable[bytes], size_bytes: int | None = None
    ) -> FileRecord:
        """Keep a file of the run; one of the same path is replaced.

        Args:
            chunks: its bytes, in pieces; one piece at a time is in memory.
            size_bytes: how many they must be, if that is known.

        Guarantee: when it returns, the bytes are on disk; if it raises, what was there is unchanged.

        Raises:
            InvalidValue: a bad name, or other bytes than announced.
            DiskFull: there is no space for it.
            NotFound, Forbidden: the run isn't the actor's to write to.
        """
        actor.demand_write(run.entity_id, f"run {shorten(run.name)}")
        path = names.file_path(path)
        blob = self._blobs.put(chunks, size_bytes)
        record = self._catalog.write(
            lambda c: self._catalog.files.put(c, run.id, path, blob.digest, blob.size_bytes, self._clock())
        )
        if path == METADATA_FILE and blob.size_bytes <= MAX_METADATA_BYTES:
            with self._blobs.open(blob.digest) as file:
                meta = machine_of(file.read(MAX_METADATA_BYTES))
            if meta:
                self._runs.set_meta(run, meta)
        return record

    def list(self, actor: Actor, run: RunRecord, offset: int = 0, limit: int | None = None) -> list[FileRecord]:
        """List a run's files by path.

        Raises:
            NotFound: the run isn't the actor's.
        """
        self._demand_read(actor, run)
        return self._catalog.read(lambda c: self._catalog.files.list(c, run.id, offset, limit))

    def count(self, actor: Actor, run: RunRecord) -> int:
        """Count a run's files.

        Raises:
            NotFound: the run isn't the actor's.
        """
        self._demand_read(actor, run)
        return self._catalog.read(lambda c: self._catalog.files.count(c, run.id))

    def find(self, actor: Actor, run: RunRecord, path: str) -> FileRecord:
        """Find a file.

        Raises:
            NotFound: there is none of exactly this path, or the run isn't the actor's.
        """
        self._demand_read(actor, run)
        try:
            checked = names.file_path(path)
        except InvalidValue:
            raise _missing(run, path) from None
        record = self._catalog.read(lambda c: self._catalog.files.find(c, run.id, checked))
        if record is None:
            raise _missing(run, path)
        return record

    def open(self, actor: Actor, run: RunRecord, path: str) -> tuple[FileRecord, BinaryIO]:
        """Open a file for reading, seekable; the caller closes it.

        Raises:
            NotFound: there is none of exactly this path, or the run isn't the actor's.
        """
        for _ in range(3):  # a file replaced between the two looks is found again under its new digest
            record = self.find(actor, run, path)
            try:
                return record, self._blobs.open(record.digest)
            except FileNotFoundError:
                continue
        raise _missing(run, path)

    def delete(self, actor: Actor, run: RunRecord, path: str) -> None:
        """Delete the file of exactly this path.

        Raises:
            NotFound: there is none, or the run isn't the actor's.
            Forbidden: he may only look at it.
        """
        actor.demand_write(run.entity_id, f"run {shorten(run.name)}")
        record = self.find(actor, run, path)
        if self._catalog.write(lambda c: self._catalog.files.delete(c, run.id, record.path)) is None:
            raise _missing(run, path)

    def delete_by_id(self, actor: Actor, file_id: int) -> None:
        """Delete a file by the catalog's id.

        Raises:
            NotFound: there is none, or its run isn't the actor's.
            Forbidden: he may only look at it.
        """
        record = self._catalog.read(lambda c: self._catalog.files.find_by_id(c, file_id))
        if record is None:
            raise NotFound("there is no such file")
        self.delete(actor, self._runs.find_by_storage_id(actor, record.run_id), record.path)

    def _demand_read(self, actor: Actor, run: RunRecord) -> None:
        if not actor.may_read(run.entity_id):
            raise NotFound("there is no such run")


def _missing(run: RunRecord, path: Any) -> NotFound:
    return NotFound(f"run {shorten(run.name)} has no file {shorten(path)}")
