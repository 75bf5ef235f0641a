"""Blobs: bytes by their SHA-256, in a directory.

``root/abc/<sha256>``, temporary files in ``root/incoming/``. A blob appears by a rename after its
bytes and their digest were checked and are on disk, so whoever sees it sees all of it; the same
bytes twice are one blob. Names of users never reach the filesystem: only digests do. Every step
below the root goes by directory descriptor and ``O_NOFOLLOW``, so that a link in the store leads nowhere.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import secrets
import shutil
import stat
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Protocol

from runwell.wire.errors import InvalidValue
from runwell.wire.limits import DISK_RESERVE_BYTES, DISK_RESERVE_FRACTION, MAX_FILE_BYTES

from .failures import DiskFull
from .filesystems import begin_writeback, sync_filesystem, waiting_bytes

_DIGEST = re.compile("[0-9a-f]{64}")
_PLACE = re.compile("[0-9a-f]{3}")  # 4,096 directories: ten million blobs are 2,500 in each
_OLD_PLACE = re.compile("[0-9a-f]{2}")  # before, blobs lay two levels deep, by two digits each
_INCOMING = "incoming"
_TOGETHER = 8  # files from which on one wait for the whole filesystem is shorter than one for each of them …
_TOGETHER_BYTES = 64 * 1024 * 1024  # … unless so much else waits for the disk: a checkpoint just written beside us
BATCH = 1_000  # blobs of one step of a listing
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

    def put_many(self, bodies: Sequence[bytes | memoryview]) -> list[Blob]:
        """Keep many small bodies, with no more waits for the disk than one takes; give them in their order.

        Raises:
            DiskFull: the reserve would be touched. Of these bodies, those that are kept are kept whole.
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
        self._leave_old_places()

    def put(self, chunks: Iterable[bytes], size_bytes: int | None = None, digest: str | None = None) -> Blob:
        if size_bytes is not None and size_bytes > MAX_FILE_BYTES:
            raise InvalidValue(f"a file of {size_bytes:,} bytes; at most {MAX_FILE_BYTES:,} are kept")
        self._demand_space(size_bytes or 0)
        name = secrets.token_hex(16)
        with self._incoming() as incoming:
            temporary = self._temporary(name, incoming)
            try:
                try:
                    blob = self._fill(temporary, chunks, size_bytes, digest)
                    os.fsync(temporary)
                    os.utime(temporary)  # put now, not when its first bytes came: sweeps go by it
                finally:
                    os.close(temporary)
                self._place(incoming, {blob.digest: name})
            except BaseException:
                _unlink(name, incoming)
                raise
        return blob

    def put_many(self, bodies: Sequence[bytes | memoryview]) -> list[Blob]:
        self._demand_space(sum(len(body) for body in bodies))
        blobs: list[Blob] = []
        names: dict[str, str] = {}
        with self._incoming() as incoming:
            try:
                for body in bodies:
                    blobs.append(Blob(hashlib.sha256(body).hexdigest(), len(body)))
                    if blobs[-1].digest not in names:
                        names[blobs[-1].digest] = name = secrets.token_hex(16)
                        temporary = self._temporary(name, incoming)
                        try:
                            _write(temporary, body)
                        finally:
                            os.close(temporary)
                _make_durable(incoming, list(names.values()))
                self._place(incoming, names)
            except BaseException:
                for name in names.values():
                    _unlink(name, incoming)
                raise
        return blobs

    @contextmanager
    def _incoming(self) -> Iterator[int]:
        """Open the directory of temporary files; a disk that is full within is :class:`DiskFull`."""
        directory = self._open_directory(self._root_fd, _INCOMING)
        try:
            yield directory
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise DiskFull("the server's disk is full; free some space, nothing already stored is lost") from error
            if error.errno == errno.EFBIG:
                raise DiskFull(
                    "the server's filesystem, or its limit (ulimit -f), takes no file of this size; nothing was kept"
                ) from error
            raise
        finally:
            os.close(directory)

    def _temporary(self, name: str, incoming: int) -> int:
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC
        return os.open(name, flags, 0o600, dir_fd=incoming)

    def _fill(self, file: int, chunks: Iterable[bytes], size_bytes: int | None, digest: str | None) -> Blob:
        hasher = hashlib.sha256()
        written = unlooked = 0
        limit = MAX_FILE_BYTES if size_bytes is None else size_bytes
        for chunk in chunks:
            written += len(chunk)
            if written > limit:
                raise InvalidValue(f"more than the {limit:,} bytes that were announced; nothing was kept")
            hasher.update(chunk)
            _write(file, chunk)
            unlooked += len(chunk)
            if unlooked >= _LOOK_EVERY_BYTES:
                self._demand_space(0)
                begin_writeback(file, written - unlooked, unlooked)
                unlooked = 0
        if size_bytes is not None and written != size_bytes:
            raise InvalidValue(f"{written:,} bytes came where {size_bytes:,} were announced; nothing was kept")
        found = hasher.hexdigest()
        if digest is not None and found != digest:
            raise InvalidValue(f"the bytes have the SHA-256 {found}, not {digest}; nothing was kept")
        return Blob(found, written)

    def _place(self, incoming: int, names: dict[str, str]) -> None:
        """Rename temporary files, whose bytes are on disk, to their digests; return when the names are too."""
        places: dict[str, list[str]] = {}
        for digest in names:
            places.setdefault(digest[:3], []).append(digest)
        made = [place for place in places if self._make(place)]
        if made:
            os.fsync(self._root_fd)
        for place, digests in places.items():
            with self._entered(self._root_fd, place) as directory:
                for digest in digests:
                    os.rename(names[digest], digest, src_dir_fd=incoming, dst_dir_fd=directory)
        _make_durable(self._root_fd, list(places))

    def _make(self, place: str) -> bool:
        try:
            os.mkdir(place, 0o700, dir_fd=self._root_fd)
        except FileExistsError:
            return False
        return True

    def _leave_old_places(self) -> None:
        """Move the blobs that an older version put two levels deep; gone on with at the next start."""
        for first in self._names(self._root_fd, _OLD_PLACE):
            with self._entered(self._root_fd, first) as level:
                for second in self._names(level, _OLD_PLACE):
                    with self._entered(level, second) as directory:
                        for blob in _blobs_in(directory):
                            self._make(blob.digest[:3])
                            with self._entered(self._root_fd, blob.digest[:3]) as place:
                                os.rename(blob.digest, blob.digest, src_dir_fd=directory, dst_dir_fd=place)
                    with suppress(OSError):  # something that isn't ours lies in it
                        os.rmdir(second, dir_fd=level)
            with suppress(OSError):
                os.rmdir(first, dir_fd=self._root_fd)

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
            directory = self._directory_of(digest)
        except FileNotFoundError:
            return None
        try:
            about = os.stat(digest, dir_fd=directory, follow_symlinks=False)
        except FileNotFoundError:
            return None
        finally:
            os.close(directory)
        return about.st_size if stat.S_ISREG(about.st_mode) else None

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
        for place in self._names(self._root_fd, _PLACE):
            with self._entered(self._root_fd, place) as directory:
                batch += _blobs_in(directory)
            while len(batch) >= BATCH:
                yield batch[:BATCH]
                batch = batch[BATCH:]
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
            return self._open_directory(self._root_fd, digest[:3])
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


def _write(file: int, data: bytes | memoryview) -> None:
    view = memoryview(data)
    while view:
        view = view[os.write(file, view) :]


def _make_durable(directory: int, names: list[str]) -> None:
    """Return when these files (or directories) of a directory are on disk."""
    if len(names) >= _TOGETHER and waiting_bytes() < _TOGETHER_BYTES and sync_filesystem(directory):
        return
    for wait in (begin_writeback, os.fsync) if len(names) > 1 else (os.fsync,):
        for name in names:
            file = os.open(name, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC, dir_fd=directory)
            try:
                wait(file)
            finally:
                os.close(file)


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
