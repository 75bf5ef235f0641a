"""Bytes of a version on their way here: out of the cache, or fetched, verified, and placed."""

from __future__ import annotations

import base64
import hashlib
import os
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from urllib.parse import quote

from runwell.wire.bundle import MAX_BUNDLE_BODY_BYTES, decode_bundle
from runwell.wire.errors import CommunicationError, InvalidValue, UsageError
from runwell.wire.limits import MAX_BUNDLE_BYTES, MAX_BUNDLE_FILES, MAX_SMALL_FILE_BYTES
from runwell.wire.manifest import decode_manifest, md5_base64

from .digests import DigestCache
from .entries import Entry, OnProgress
from .objects import CHUNK_BYTES, ObjectStore, private
from .references import fetch_reference
from .server import ArtifactServer

OTHER_ARTIFACT = "wandb-artifact://"  # what a reference to a file of another artifact begins with
_THREADS = 8  # the waiting for many small files is spread over so many
_TRIES = 4  # of one file; each goes on where the one before ended
_STRIPES = 64  # files of the same bytes wait for one another, and now and then for others


class Download:
    """Places files of a version in a directory.

    Args:
        server: has the bytes.
        entity: whose they are.
        root: the directory.
        skip_cache: don't keep the bytes in the object store.
        on_progress: told how far it is, in bytes.
    """

    def __init__(
        self,
        server: ArtifactServer,
        entity: str,
        root: str,
        *,
        skip_cache: bool = False,
        on_progress: OnProgress | None = None,
    ) -> None:
        self._server = server
        self._entity = entity
        self._root = root
        self._skip_cache = skip_cache
        self._objects = ObjectStore()
        self._digests = DigestCache()
        self._fetching = tuple(threading.Lock() for _ in range(_STRIPES))
        self._real: dict[str, str] = {}
        self._on_progress = on_progress
        self._counting = threading.Lock()
        self._reached: dict[str, int] = {}  # by partial file
        self._done_bytes = self._all_bytes = 0
        self._inside: set[str] = set()  # directories that are known to lie in the root

    def place(self, entries: Sequence[Entry], *, references: bool = True) -> list[str]:
        """Place these files, whole and verified; give their paths.

        Raises:
            CommunicationError: bytes can't be had, or aren't those of the manifest.
            UsageError: a directory below the root is a link that leads out of it.
        """
        wanted = [(one, self._target(one)) for one in entries if references or one.ref is None]
        self._done_bytes, self._all_bytes = 0, sum(entry.size or 0 for entry, _ in wanted if entry.ref is None)
        self._digests.look_up([self._where(target) for _, target in wanted])
        if any(entry.ref is None or entry.ref.startswith(OTHER_ARTIFACT) for entry, _ in wanted):
            _ = self._server.connection  # made here, before threads ask for it
        with ThreadPoolExecutor(_THREADS, "runwell-download") as pool:
            for _ in pool.map(self._place_all, _parts(wanted)):
                pass
        self._digests.save()
        return [target for _, target in wanted]

    def _place_all(self, part: list[tuple[Entry, str]]) -> None:
        """Place some files; of small ones, what isn't here is fetched together."""
        if len(part) > 1 and not self._skip_cache:
            self._fetch_together([entry for entry, target in part if not os.path.lexists(target)])
        for entry, target in part:
            self._place(entry, target)

    def _fetch_together(self, entries: Sequence[Entry]) -> None:
        """Take what the server gives of small files at once; what it doesn't give is fetched file by file."""
        missing = {one.md5: one for one in entries if not self._objects.has(one.md5, one.size or 0)}
        if len(missing) < 2:
            return
        body = bytearray()
        path = f"/artifacts/{quote(self._entity, safe='')}/bundle"
        try:
            for piece in self._server.connection.stream(path, body={"md5s": list(missing)}):
                body += piece
                if len(body) > MAX_BUNDLE_BODY_BYTES:
                    return
            for file in decode_bundle(bytes(body)):
                data = bytes(file.data)
                if file.md5 in missing and hashlib.md5(data, usedforsecurity=False).hexdigest() == file.md5:
                    self._objects.take_bytes(data)
        except (CommunicationError, InvalidValue):
            return

    def _count(self, size_bytes: int) -> None:
        if self._on_progress is None:
            return
        with self._counting:
            self._done_bytes += size_bytes
            self._on_progress(self._done_bytes, self._all_bytes)

    def _of_other(self, entry: Entry) -> Entry:
        """Give the file of another artifact that a reference points to."""
        number, _, path = (entry.ref or "").removeprefix(OTHER_ARTIFACT).partition("/")
        try:
            artifact_id = base64.b64encode(bytes.fromhex(number)).decode()
            other = decode_manifest(self._server.manifest(artifact_id))[path]
        except (ValueError, KeyError):
            raise CommunicationError(f"{entry.path!r} refers to {entry.ref}, which is no file of an artifact") from None
        if other.ref is not None:
            return Entry(entry.path, other.digest, other.size_bytes, other.ref)
        return Entry(entry.path, other.digest, other.size_bytes)

    def _target(self, entry: Entry) -> str:
        return os.path.join(self._root, *entry.path.split("/"))

    def _where(self, target: str) -> str:
        """Give the path under which the digest of a placed file is remembered."""
        folder, name = os.path.split(target)
        if folder not in self._real:
            self._real[folder] = os.path.realpath(folder)
        return os.path.join(self._real[folder], name)

    def _demand_inside(self, directory: str) -> None:
        """Go on only if a directory, made if it isn't there, lies in the root; a link in its way may lead elsewhere."""
        if directory in self._inside:
            return
        root = os.path.realpath(self._root)
        if os.path.commonpath([root, os.path.realpath(directory)]) != root:
            raise UsageError(f"{directory} leads out of {self._root}; nothing is written through a link: remove it")
        os.makedirs(directory, exist_ok=True)
        self._inside.add(directory)

    def _place(self, entry: Entry, target: str) -> None:
        self._demand_inside(os.path.dirname(target) or ".")
        if entry.ref is not None:
            if not entry.ref.startswith(OTHER_ARTIFACT):
                fetch_reference(entry, target)
                return
            entry = self._of_other(entry)
            if entry.ref is not None:
                fetch_reference(entry, target)
                return
        if self._is_there(entry, target):
            self._count(entry.size or 0)
            return
        md5 = entry.md5
        with self._fetching[hash(md5) % _STRIPES]:  # the same bytes under many paths are fetched once
            self._bring(entry, md5, target)
        self._remember(target, md5)

    def _bring(self, entry: Entry, md5: str, target: str) -> None:
        if self._objects.has(md5, entry.size or 0) and self._objects.copy_to(md5, target):
            self._count(entry.size or 0)
            return
        fetched = self._fetch(entry)
        if self._skip_cache:
            os.chmod(fetched, 0o644)
            _move(fetched, target)
            return
        self._objects.adopt(fetched, md5)
        if not self._objects.copy_to(md5, target):
            raise CommunicationError(f"{entry.path!r} couldn't be kept: the cache's disk changed it")

    def _is_there(self, entry: Entry, target: str) -> bool:
        try:
            about = os.stat(target)
        except OSError:
            return False
        if entry.size is not None and about.st_size != entry.size:
            return False
        where = self._where(target)
        md5 = self._digests.get(where, about)
        if md5 is None:
            from .digests import md5_of

            md5, _ = md5_of(target)
            self._digests.put(where, about, md5)
        return md5 == entry.md5

    def _remember(self, target: str, md5: str) -> None:
        with suppress(OSError):
            self._digests.put(self._where(target), os.stat(target), md5)

    def _fetch(self, entry: Entry) -> str:
        """Fetch bytes to a file beside the objects; an end of the connection, or of this process, goes on there."""
        path = f"/artifacts/{quote(self._entity, safe='')}/{entry.md5}"
        partial = self._objects.spare(f"get-{entry.md5}")
        lock = _Lock(f"{partial}.lock")
        if not lock.take():  # somebody else fetches the same bytes: both may, in files of their own
            partial = self._objects.spare(f"get-{entry.md5}-{os.getpid()}-{threading.get_ident()}")
        try:
            for left in reversed(range(_TRIES)):
                try:
                    self._go_on(path, partial)
                except CommunicationError as error:
                    if not left or not error.retryable:
                        raise
                    continue
                if _md5_base64_of(partial) == entry.digest:
                    return partial
                os.unlink(partial)
            raise CommunicationError(
                f"the bytes of {entry.path!r} came with another digest {_TRIES} times; something between changes them"
            )
        finally:
            lock.release()

    def _go_on(self, path: str, partial: str) -> None:
        with open(partial, "ab", opener=private) as file:
            for piece in self._server.connection.stream(path, first_byte=file.tell()):
                file.write(piece)
                self._count(file.tell() - self._reached.get(partial, 0))
                self._reached[partial] = file.tell()


def _parts(wanted: Sequence[tuple[Entry, str]]) -> list[list[tuple[Entry, str]]]:
    """Give large files and references one by one, small files as many together as a bundle holds."""
    parts = [[one] for one in wanted if not _is_small(one[0])]
    part: list[tuple[Entry, str]] = []
    size = 0
    for one in wanted:
        if _is_small(one[0]):
            size += one[0].size or 0
            if part and (len(part) == MAX_BUNDLE_FILES or size > MAX_BUNDLE_BYTES):
                parts.append(part)
                part, size = [], one[0].size or 0
            part.append(one)
    return [*parts, part] if part else parts


def _is_small(entry: Entry) -> bool:
    return entry.ref is None and entry.size is not None and entry.size <= MAX_SMALL_FILE_BYTES


class _Lock:
    """A lock that ends with its process."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._file = -1

    def take(self) -> bool:
        try:
            import fcntl

            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Whoever had it may have unlinked it between our two calls: then others lock another file.
            if os.path.samestat(os.stat(self._path), os.fstat(self._file)):
                return True
        except (ImportError, OSError):
            pass
        self._close()
        return False

    def release(self) -> None:
        if self._file >= 0:
            with suppress(OSError):
                os.unlink(self._path)
            self._close()

    def _close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


def refuse_outside(root: str) -> str:
    """Give a directory's absolute path; raises UsageError if it is a file."""
    whole = os.path.abspath(root)
    if os.path.isfile(whole):
        raise UsageError(f"{whole} is a file; files of an artifact are placed in a directory")
    return whole


def _move(source: str, target: str) -> None:
    try:
        os.replace(source, target)
    except OSError:  # on another filesystem
        import shutil

        spare = f"{target}.{os.getpid()}.partial"
        shutil.copyfile(source, spare)
        os.replace(spare, target)
        os.unlink(source)


def _md5_base64_of(path: str) -> str:
    hasher = hashlib.md5(usedforsecurity=False)
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            hasher.update(chunk)
    return md5_base64(hasher.hexdigest())
