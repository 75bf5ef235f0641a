"""Run files: put whole or not at all, listed, opened, deleted.

A path is only ever a label in the catalog; the bytes lie in the blob store under their digest.
"""

from __future__ import annotations

import base64
import fnmatch
import logging
import time
import unicodedata
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from runwell.server.stores.blobs import BlobStore
from runwell.server.stores.records import FileRecord, RunRecord
from runwell.wire import names
from runwell.wire.errors import InvalidValue, shorten
from runwell.wire.limits import MAX_PATTERN_CHARS, MIB

from .access import Actor, NotFound
from .blob_sweep import demand_there
from .machine import METADATA_FILE, machine_of
from .md5_beside import Md5Beside
from .runs import Runs

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from runwell.server.stores.sql.catalog import Catalog

log = logging.getLogger("runwell.server")

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

    def begin(self, actor: Actor, run: RunRecord, paths: Sequence[str]) -> list[str | None]:
        """Check the names of files that are to come.

        Returns:
            The paths in normal form C; None for a name that can't be a file's: clients send a hundred names at once
            and give all of them up for one that is refused.

        Raises:
            InvalidValue: no name can be a file's, or too many.
            NotFound, Forbidden: the run isn't the actor's to write to.
        """
        actor.demand_write(run.entity_id, f"run {shorten(run.name)}")
        if len(paths) > MAX_PATHS:
            raise InvalidValue(f"{len(paths):,} files at once; at most {MAX_PATHS:,}")
        checked: list[str | None] = []
        refused: InvalidValue | None = None
        for path in paths:
            try:
                checked.append(names.file_path(path))
            except InvalidValue as error:
                checked.append(None)
                refused = error
                log.warning("run %s: a file was not taken: %s", shorten(run.name), error)
        if refused is not None and not any(checked):
            raise refused
        return checked

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
        md5 = Md5Beside(chunks)
        blob = self._blobs.put(md5, size_bytes)
        label = base64.b64encode(md5.digest()).decode()

        def work(c: Connection) -> FileRecord:
            record = self._catalog.files.put(c, run.id, path, blob.digest, blob.size_bytes, self._clock(), label)
            demand_there(self._blobs, blob.digest)
            return record

        record = self._catalog.write(work)
        if path == METADATA_FILE and blob.size_bytes <= MAX_METADATA_BYTES:
            with self._blobs.open(blob.digest) as file:
                meta = machine_of(file.read(MAX_METADATA_BYTES))
            if meta:
                self._runs.set_meta(run, meta)
        return record

    def list(self, actor: Actor, run: RunRecord, offset: int = 0, limit: int | None = None) -> Sequence[FileRecord]:
        """List a run's files by path.

        Raises:
            NotFound: the run isn't the actor's.
        """
        return self.page(actor, run, offset, limit)[1]

    def page(
        self, actor: Actor, run: RunRecord, offset: int = 0, limit: int | None = None, prefix: str = ""
    ) -> tuple[int, Sequence[FileRecord]]:
        """Give (how many, a page by path) of the files that begin with ``prefix``, letters' case aside.

        Raises:
            NotFound: the run isn't the actor's.
        """
        self._demand_read(actor, run)
        files = self._catalog.files
        return self._catalog.read(
            lambda c: (files.count(c, run.id, prefix), files.list(c, run.id, offset, limit, prefix))
        )

    def named(self, actor: Actor, run: RunRecord, paths: Sequence[str]) -> Sequence[tuple[str, FileRecord | None]]:
        """Give the files of exactly these paths in the order asked, None for one that isn't there.

        Raises:
            NotFound: the run isn't the actor's.
        """
        self._demand_read(actor, run)
        # People name a file as they saved it: from "here", in whatever form their keyboard writes accents.
        asked = {path: unicodedata.normalize("NFC", path).removeprefix("./") for path in paths[:MAX_PATHS]}
        found = self._catalog.read(lambda c: self._catalog.files.find_many(c, run.id, list(asked.values())))
        there = {file.path: file for file in found}
        return [(path, there.get(plain)) for path, plain in asked.items()]

    def like(self, actor: Actor, run: RunRecord, pattern: str) -> Sequence[FileRecord]:
        """Give those whose path is like an SQL pattern (``%``, ``_``, ``\\`` in front of one that is meant), by path.

        Raises:
            NotFound: the run isn't the actor's.
        """
        self._demand_read(actor, run)
        shape, prefix = _shape_of(pattern[:MAX_PATTERN_CHARS])
        found = self._catalog.read(lambda c: self._catalog.files.list(c, run.id, prefix=prefix))
        return [file for file in found if fnmatch.fnmatchcase(file.path, shape)]

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


def _shape_of(pattern: str) -> tuple[str, str]:
    """Turn an SQL pattern into a shell's, whose matching takes no longer than the text; and its plain beginning."""
    shape: list[str] = []
    prefix: list[str] = []
    is_plain, is_meant = True, False
    for sign in pattern:
        if sign == "\\" and not is_meant:
            is_meant = True
            continue
        if sign in "%_" and not is_meant:
            is_plain = False
            shape.append("*" if sign == "%" else "?")
        else:
            shape.append(f"[{sign}]" if sign in "*?[" else sign)
            if is_plain:
                prefix.append(sign)
        is_meant = False
    return "".join(shape), "".join(prefix)


def _missing(run: RunRecord, path: Any) -> NotFound:
    return NotFound(f"run {shorten(run.name)} has no file {shorten(path)}")
