"""The segment store: immutable files of sealed rows, one directory a run.

A file is written under a temporary name, synced, renamed, and its directory synced, before the catalog
hears of it. A file that no row of the catalog names is rubbish, and swept when it is old enough that
nobody can be about to name it.
"""

from __future__ import annotations

import os
import secrets
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from runwell.server import failpoints

TEMPORARY = ".tmp"
NEW = "new"  # the folder of segments whose run isn't there yet: linked into its own, then swept


class Segments(Protocol):
    """What a segment store does; paths are relative, with ``/``."""

    def put(self, path: str, data: bytes) -> None:
        """Keep ``data`` durably under ``path``."""
        ...

    def open(self, path: str) -> str:
        """Give what a Parquet reader opens.

        Raises:
            FileNotFoundError: there is no such segment.
        """
        ...

    def link(self, paths: Sequence[tuple[str, str]]) -> None:
        """Keep segments durably under second names (from, to), in one folder; they never change, so no byte is copied.

        Raises:
            FileNotFoundError: one of them is gone.
        """
        ...

    def remove(self, path: str) -> None:
        """Remove a segment; one that is gone is no error."""
        ...

    def older_than(self, age_s: float) -> Iterator[str]:
        """List what was put longer ago, unfinished writes included."""
        ...


def segment_path(folder: int | str, stream: str, row0: int) -> str:
    """Name a new segment of a run (or in ``NEW``); two writes of the same rows never meet."""
    return f"{folder}/{stream}-{row0:012d}-{secrets.token_hex(4)}.parquet"


class DirectorySegments:
    """Segments as files below one directory."""

    def __init__(self, root: Path) -> None:
        self.root = root
        root.mkdir(parents=True, exist_ok=True)

    def put(self, path: str, data: bytes) -> None:
        target = self.root / path
        if not target.parent.is_dir():
            target.parent.mkdir(exist_ok=True)
            _sync_directory(self.root)
        unfinished = target.with_suffix(TEMPORARY)
        descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            view = memoryview(data)
            while view:
                view = view[os.write(descriptor, view) :]
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
        failpoints.hit("seal.written")
        unfinished.replace(target)
        _sync_directory(target.parent)

    def open(self, path: str) -> str:
        return str(self.root / path)

    def link(self, paths: Sequence[tuple[str, str]]) -> None:
        for directory in {(self.root / new).parent for _, new in paths}:
            directory.mkdir(exist_ok=True)
        for old, new in paths:
            try:
                os.link(self.root / old, self.root / new)
            except FileExistsError:
                pass
            except OSError as error:
                if isinstance(error, FileNotFoundError):
                    raise
                self.put(new, (self.root / old).read_bytes())  # a filesystem without links
        for directory in {(self.root / new).parent for _, new in paths}:
            _sync_directory(directory)
        if paths:
            _sync_directory(self.root)

    def remove(self, path: str) -> None:
        (self.root / path).unlink(missing_ok=True)

    def older_than(self, age_s: float) -> Iterator[str]:
        before = time.time() - age_s
        for directory in self.root.iterdir():
            if directory.is_dir():
                for file in directory.iterdir():
                    if file.stat().st_mtime < before:
                        yield f"{directory.name}/{file.name}"


def _sync_directory(directory: Path) -> None:
    if os.name == "posix":
        descriptor = os.open(directory, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
