"""What a version being written holds: files, directories, references, media, by path.

Bytes are taken in when they are added, so that a script may change or delete the file afterwards. A file that was
taken before and is unchanged is neither read nor copied again.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

from runwell.wire import names
from runwell.wire.errors import InvalidValue, UsageError, shorten
from runwell.wire.limits import MAX_ARTIFACT_FILES
from runwell.wire.manifest import check_paths, manifest_digest, md5_base64

from .digests import DigestCache, md5_of
from .entries import Entry, OnProgress
from .objects import CHUNK_BYTES, ObjectStore

_THREADS = 8  # MD5 lets other threads work: as many as a disk serves
_PART = 64  # small files that one thread takes in turn: handing over each would cost more than taking it
POLICIES = ("mutable", "immutable")


class Contents:
    """The entries of a version.

    Args:
        entries: those that it begins with.
    """

    def __init__(self, entries: Iterable[Entry] = ()) -> None:
        self.entries: dict[str, Entry] = {entry.path: entry for entry in entries}
        self.objects = ObjectStore()
        self.digests = DigestCache()

    def add_file(self, source: str, path: str, *, policy: str, overwrite: bool) -> Entry:
        """Take one file as ``path``.

        Raises:
            InvalidValue: there is no such file, or another is there under this path.
        """
        check_policy(policy)
        if not os.path.isfile(source):
            raise InvalidValue(f"{shorten(source)} is no file")
        where = _key(source)
        self.digests.look_up([where])
        path = names.file_path(path)
        entry = self._remembered(source, path, where, os.stat(source), policy)
        if entry is None:
            entry = self._taken(source, path, where, policy)
            self.digests.save()
        return self.put(entry, overwrite=overwrite)

    def add_dir(
        self, source: str, below: str, *, policy: str, overwrite: bool, on_progress: OnProgress | None = None
    ) -> int:
        """Take every file of a directory, below ``below``; give their number.

        Raises:
            InvalidValue: it is no directory, or holds too many files.
        """
        check_policy(policy)
        if not os.path.isdir(source):
            raise InvalidValue(f"{shorten(source)} is no directory")
        found: list[tuple[str, str, str]] = []
        root = _key(source)
        for file, inside in walk(source):
            if len(found) >= MAX_ARTIFACT_FILES:
                raise InvalidValue(
                    f"{shorten(source)} holds more than {MAX_ARTIFACT_FILES:,} files; pack them into fewer"
                )
            path = names.file_path(f"{below}/{inside}" if below else inside)
            found.append((file, path, os.path.join(root, inside)))
        self.digests.look_up([where for _, _, where in found])
        taken: list[Entry] = []
        small: list[tuple[str, str, str]] = []
        parts: list[list[tuple[str, str, str]]] = []
        all_bytes = 0
        for one in found:
            about = os.stat(one[0])
            all_bytes += about.st_size
            entry = self._remembered(*one, about, policy)
            if entry is not None:
                taken.append(entry)
            elif about.st_size <= CHUNK_BYTES:
                small.append(one)
            else:
                parts.append([one])
        parts += [small[n : n + _PART] for n in range(0, len(small), _PART)]
        done_bytes = sum(one.size or 0 for one in taken)
        with ThreadPoolExecutor(min(_THREADS, os.cpu_count() or 1), "runwell-digest") as pool:
            take_in_turn = map if len(parts) < 2 else pool.map  # a pool without work starts no thread
            for some in take_in_turn(lambda part: self._taken_all(part, policy), parts):
                taken += some
                done_bytes += sum(one.size or 0 for one in some)
                if on_progress is not None:
                    on_progress(done_bytes, all_bytes)
        self.digests.save()
        for entry in taken:
            self.put(entry, overwrite=overwrite)
        return len(taken)

    def add_bytes(self, data: bytes, path: str, *, overwrite: bool) -> Entry:
        """Take bytes as ``path``."""
        path = names.file_path(path)
        md5, size = self.objects.take_bytes(data)
        return self.put(Entry(path, md5_base64(md5), size), overwrite=overwrite)

    def put(self, entry: Entry, *, overwrite: bool) -> Entry:
        """Add an entry; the same contents under the same path again are fine.

        Raises:
            InvalidValue: another is there under this path.
        """
        there = self.entries.get(entry.path)
        if there is not None and not overwrite and (there.digest, there.ref) != (entry.digest, entry.ref):
            raise InvalidValue(
                f"the artifact has another {shorten(entry.path)} already; remove() it first, or overwrite=True"
            )
        if len(self.entries) >= MAX_ARTIFACT_FILES and there is None:
            raise InvalidValue(f"an artifact holds at most {MAX_ARTIFACT_FILES:,} files; pack them into fewer")
        self.entries[entry.path] = entry
        return entry

    def remove(self, path: str) -> None:
        """Take out a path, or everything below it; raises InvalidValue if there is none."""
        path = path.rstrip("/")
        below = [one for one in self.entries if one == path or one.startswith(f"{path}/")]
        if not below:
            raise InvalidValue(f"the artifact has no {shorten(path)}")
        for one in below:
            del self.entries[one]

    def check(self) -> None:
        """Raise InvalidValue if these paths can't lie in one folder of any machine."""
        check_paths(self.entries)

    def digest(self) -> str:
        """Give the digest of the version that this would be."""
        return manifest_digest({path: entry.to_manifest() for path, entry in self.entries.items()})

    def stage(self, folder: str) -> None:
        """Put the bytes that no server has into a folder, under their MD5 in hex.

        Raises:
            OSError: they are gone, or the disk refuses.
        """
        from .objects import place_unchanged

        staged: set[str] = set()
        for entry in self.entries.values():
            if entry.ref is not None or entry.birth is not None or entry.md5 in staged:
                continue
            if not staged:
                os.makedirs(folder, mode=0o700, exist_ok=True)
            target = os.path.join(folder, entry.md5)
            if entry.local_path:
                place_unchanged(entry.local_path, target)
            else:
                self.objects.link(entry.md5, target)
            staged.add(entry.md5)

    def _remembered(self, source: str, path: str, where: str, about: os.stat_result, policy: str) -> Entry | None:
        md5 = self.digests.get(where, about)
        if md5 and (policy == "immutable" or self.objects.has(md5, about.st_size)):
            local = os.path.realpath(source) if policy == "immutable" else ""
            return Entry(path, md5_base64(md5), about.st_size, local_path=local)
        return None

    def _taken_all(self, part: list[tuple[str, str, str]], policy: str) -> list[Entry]:
        return [self._taken(source, path, where, policy) for source, path, where in part]

    def _taken(self, source: str, path: str, where: str, policy: str) -> Entry:
        about = os.stat(source)
        try:
            if policy == "immutable":
                md5, size = md5_of(source)
                local = os.path.realpath(source)
            else:
                md5, size = self.objects.take(source)
                local = ""
        except OSError as error:
            raise InvalidValue(
                f"{shorten(source)} can't be taken into an artifact: {error.strerror or error}"
            ) from error
        with suppress(OSError):
            after = os.stat(source)
            if (after.st_mtime_ns, after.st_size) == (about.st_mtime_ns, about.st_size):
                self.digests.put(where, after, md5)
        return Entry(path, md5_base64(md5), size, local_path=local)


def check_policy(policy: str) -> None:
    """Raise UsageError for a policy that doesn't exist."""
    if policy not in POLICIES:
        raise UsageError(f"policy {shorten(policy)} is none of {', '.join(POLICIES)}")


def walk(root: str, wanted: Callable[[str], bool] = lambda path: True) -> Iterator[tuple[str, str]]:
    """Yield every file below a directory, links followed once: its path, and its path from the root with ``/``."""
    seen: set[tuple[int, int]] = set()
    for folder, folders, files in os.walk(root, followlinks=True):
        about = os.stat(folder)
        if (about.st_dev, about.st_ino) in seen:  # a link to a folder above
            folders.clear()
            continue
        seen.add((about.st_dev, about.st_ino))
        folders.sort()
        for file in sorted(files):
            path = os.path.join(folder, file)
            inside = os.path.relpath(path, root).replace(os.sep, "/")
            if wanted(inside) and os.path.isfile(path):
                yield path, inside


def _key(source: str) -> str:
    return os.path.realpath(source)
