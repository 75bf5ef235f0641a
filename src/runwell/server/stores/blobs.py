"""Blobs: bytes by their SHA-256, in a directory.

``root/ab/cd/<sha256>``, temporary files in ``root/incoming/``. A blob appears by a rename after its
bytes and their digest were checked and are on disk, so whoever sees it sees all of it; the same
bytes twice are one blob. Names of users never reach the filesystem: only digests do. Every step
below the root goes by directory descriptor and ``O_NOFOLLOW``, so that a link in the store leads nowhere.
"""

from __future__ import annotations

import hashlib
import os
import re
import secrets
import shutil
import stat
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from runwell.wire.errors import InvalidValue
from runwell.wire.limits import DISK_RESERVE_BYTES, DISK_RESERVE_FRACTION, MAX_FILE_BYTES

from .failures import DiskFull

_DIGEST = re.compile("[0-9a-f]{64}")
_PAIR = re.compile("[0-9a-f]{2}")
_INCOMING = "incoming"
_BATCH = 1_000
_LOOK_EVERY_BYTES = 64 * 1024 * 1024  # how much may be written between two looks at the free space
_TORN_AFTER_S = 24 * 3600.0  # a temporary file that nobody finished


@dataclass(frozen=True, slots=True)
class Blob:
    """What was put: the SHA-256 in hex, and the size."""

    digest: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class StoredBlob:
    """What lies in the store: ``put_at`` is when it was last put, in seconds since the epoch."""

    digest: str
    size_bytes: int
    put_at: float


class BlobStore(Protocol):
    """Where bytes are kept by digest."""

    def put(self, chunks: Iterable[bytes], size_bytes: int | None = None, digest: str | None = None) -> Blob:
        """Keep these bytes; needs the memory of one chunk.

        Args:
            chunks: the bytes, in pieces.
            size_bytes: how many they must be.
            digest: what their SHA-256 must be.

        Raises:
            InvalidValue: size or digest are others, or there are too many; nothing is kept.
            DiskFull: the reserve would be touched; nothing is kept.
        """
        ...

    def open(self, digest: str) -> BinaryIO:
        """Open a blob for reading, seekable.

        Raises:
            FileNotFoundError: there is none.
        """
        ...

    def size_bytes(self, digest: str) -> int | None:
        """Give a blob's size; None: there is none."""
        ...

    def delete(self, digest: str, put_before: float | None = None) -> bool:
        """Remove a blob, or only one last put before this time; tell whether it is gone by this.

        Guarantee: one that is put while this runs is there afterwards.
        """
        ...

    def everything(self) -> Iterator[list[StoredBlob]]:
        """Yield every blob, in batches of at most 1,000."""
        ...


class DirectoryBlobs:
    """Blobs in a local directory.

    Args:
        root: the directory, made if it isn't there.
        free_bytes: (total, free) of its disk; for tests.
    """

    def __init__(self, root: Path, free_bytes: Callable[[], tuple[int, int]] | None = None) -> None:
        self._root = root
        root.mkdir(parents=True, exist_ok=True, mode=0o700)
        (root / _INCOMING).mkdir(exist_ok=True, mode=0o700)
        self._root_fd = os.open(root, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
        self._space = free_bytes or self._disk

    def put(self, chunks: Iterable[bytes], size_bytes: int | None = None, digest: str | None = None) -> Blob:
        if size_bytes is not None and size_bytes > MAX_FILE_BYTES:
            raise InvalidValue(f"a file of {size_bytes:,} bytes; at most {MAX_FILE_BYTES:,} are kept")
        self._demand_space(size_bytes or 0)
        name = secrets.token_hex(16)
        incoming = self._open_directory(self._root_fd, _INCOMING)
        try:
            flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
            temporary = os.open(name, flags, 0o600, dir_fd=incoming)
            try:
                try:
                    blob = self._fill(temporary, chunks, size_bytes, digest)
                    os.fsync(temporary)
                    os.utime(temporary)  # put now, not when its first bytes came: sweeps go by it
                finally:
                    os.close(temporary)
                self._place(incoming, name, blob.digest)
            except BaseException:
                _unlink(name, incoming)
                raise
        except OSError as error:
            if error.errno in (28, 122):  # ENOSPC, EDQUOT
                raise DiskFull("the server's disk is full; free some space, nothing already stored is lost") from error
            raise
        finally:
            os.close(incoming)
        return blob

    def _fill(self, file: int, chunks: Iterable[bytes], size_bytes: int | None, digest: str | None) -> Blob:
        hasher = hashlib.sha256()
        written = unlooked = 0
        limit = MAX_FILE_BYTES if size_bytes is None else size_bytes
        for chunk in chunks:
            written += len(chunk)
            if written > limit:
                raise InvalidValue(f"more than the {limit:,} bytes that were announced; nothing was kept")
            hasher.update(chunk)
            view = memoryview(chunk)
            while view:
                view = view[os.write(file, view) :]
            unlooked += len(chunk)
            if unlooked >= _LOOK_EVERY_BYTES:
                self._demand_space(0)
                unlooked = 0
        if size_bytes is not None and written != size_bytes:
            raise InvalidValue(f"{written:,} bytes came where {size_bytes:,} were announced; nothing was kept")
        found = hasher.hexdigest()
        if digest is not None and found != digest:
            raise InvalidValue(f"the bytes have the SHA-256 {found}, not {digest}; nothing was kept")
        return Blob(found, written)

    def _place(self, incoming: int, name: str, digest: str) -> None:
        first = self._subdirectory(self._root_fd, digest[:2])
        try:
            second = self._subdirectory(first, digest[2:4])
            try:
                os.rename(name, digest, src_dir_fd=incoming, dst_dir_fd=second)
                os.fsync(second)
            finally:
                os.close(second)
        finally:
            os.close(first)

    def _subdirectory(self, parent: int, name: str) -> int:
        try:
            os.mkdir(name, 0o700, dir_fd=parent)
            os.fsync(parent)
        except FileExistsError:
            pass
        return self._open_directory(parent, name)

    def _open_directory(self, parent: int, name: str) -> int:
        return os.open(name, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=parent)

    def open(self, digest: str) -> BinaryIO:
        directory = self._directory_of(digest)
        try:
            file = os.open(digest, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK, dir_fd=directory)
        except OSError:
            raise FileNotFoundError(f"there is no blob {digest}") from None
        finally:
            os.close(directory)
        if not stat.S_ISREG(os.fstat(file).st_mode):
            os.close(file)
            raise FileNotFoundError(f"there is no blob {digest}")
        return os.fdopen(file, "rb")

    def size_bytes(self, digest: str) -> int | None:
        try:
            with self.open(digest) as file:
                return os.fstat(file.fileno()).st_size
        except FileNotFoundError:
            return None

    def delete(self, digest: str, put_before: float | None = None) -> bool:
        try:
            directory = self._directory_of(digest)
        except FileNotFoundError:
            return False
        try:
            if put_before is None:
                return _unlink(digest, directory)
            if os.stat(digest, dir_fd=directory, follow_symlinks=False).st_mtime >= put_before:
                return False
            return self._delete_old(digest, directory, put_before)
        except FileNotFoundError:
            return False
        finally:
            os.close(directory)

    def _delete_old(self, digest: str, directory: int, put_before: float) -> bool:
        # Another one may take the name between a look and an unlink: what was taken away is looked at again.
        incoming = self._open_directory(self._root_fd, _INCOMING)
        name = secrets.token_hex(16)
        try:
            os.rename(digest, name, src_dir_fd=directory, dst_dir_fd=incoming)
            is_old = os.stat(name, dir_fd=incoming, follow_symlinks=False).st_mtime < put_before
            if not is_old:
                with suppress(FileExistsError):
                    os.link(name, digest, src_dir_fd=incoming, dst_dir_fd=directory, follow_symlinks=False)
            _unlink(name, incoming)
            return is_old
        finally:
            os.close(incoming)

    def everything(self) -> Iterator[list[StoredBlob]]:
        batch: list[StoredBlob] = []
        for first in self._names(self._root_fd, _PAIR):
            with self._entered(self._root_fd, first) as level:
                for second in self._names(level, _PAIR):
                    with self._entered(level, second) as directory:
                        batch += _blobs_in(directory)
                    while len(batch) >= _BATCH:
                        yield batch[:_BATCH]
                        batch = batch[_BATCH:]
        if batch:
            yield batch

    def _names(self, directory: int, pattern: re.Pattern[str]) -> list[str]:
        with os.scandir(directory) as entries:
            return sorted(entry.name for entry in entries if pattern.fullmatch(entry.name) and not entry.is_symlink())

    @contextmanager
    def _entered(self, parent: int, name: str) -> Iterator[int]:
        directory = self._open_directory(parent, name)
        try:
            yield directory
        finally:
            os.close(directory)

    def sweep_torn(self, now: float | None = None) -> int:
        """Remove temporary files that nobody finished within a day; return how many."""
        before = (now if now is not None else time.time()) - _TORN_AFTER_S
        incoming = self._open_directory(self._root_fd, _INCOMING)
        try:
            removed = 0
            with os.scandir(incoming) as entries:
                old = [e.name for e in entries if e.stat(follow_symlinks=False).st_mtime < before]
            for name in old:
                removed += _unlink(name, incoming)
            return removed
        finally:
            os.close(incoming)

    def close(self) -> None:
        """Let the directory go."""
        os.close(self._root_fd)

    def _directory_of(self, digest: str) -> int:
        if not _DIGEST.fullmatch(digest):
            raise FileNotFoundError(f"{digest!r:.80} is no digest")
        try:
            first = self._open_directory(self._root_fd, digest[:2])
            try:
                return self._open_directory(first, digest[2:4])
            finally:
                os.close(first)
        except OSError:
            raise FileNotFoundError(f"there is no blob {digest}") from None

    def _disk(self) -> tuple[int, int]:
        usage = shutil.disk_usage(self._root)
        return usage.total, usage.free

    def _demand_space(self, size_bytes: int) -> None:
        total, free = self._space()
        reserve = max(int(total * DISK_RESERVE_FRACTION), DISK_RESERVE_BYTES)
        if free - size_bytes < reserve:
            raise DiskFull(
                f"{free:,} bytes are free where the server keeps {reserve:,} in reserve; free some space on its disk"
            )


def _unlink(name: str, directory: int) -> bool:
    try:
        os.unlink(name, dir_fd=directory)
    except FileNotFoundError:
        return False
    return True


def _blobs_in(directory: int) -> list[StoredBlob]:
    found: list[StoredBlob] = []
    with os.scandir(directory) as entries:
        for entry in entries:
            if _DIGEST.fullmatch(entry.name) and not entry.is_symlink():
                with suppress(FileNotFoundError):
                    about = entry.stat(follow_symlinks=False)
                    found.append(StoredBlob(entry.name, about.st_size, about.st_mtime))
    return found
