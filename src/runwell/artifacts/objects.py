"""The bytes of artifacts on this machine, kept once by MD5 below the user's cache directory.

``<cache>/artifacts/objects/<2 hex digits>/<32 hex digits>``. An object is written beside its place and renamed, whole,
and never changed: whoever needs it gets a clone, a copy, or (what nobody changes in place) a hard link. The cache may
be deleted at any time: what isn't there is read or fetched again.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import sys
from contextlib import suppress

from runwell.wire.limits import ARTIFACT_CACHE_BYTES, MIB

CHUNK_BYTES = 1 * MIB
_NEW = os.O_WRONLY | os.O_CREAT | os.O_TRUNC | getattr(os, "O_CLOEXEC", 0)
_FICLONE = 0x40049409  # ioctl(2): clone the extents of a file, on btrfs, XFS and others
_KEPT_S = 3_600.0  # an object used within this time is never dropped: somebody may be about to link it


def cache_dir() -> str:
    """Give the user's cache directory (``RUNWELL_CACHE_DIR``, ``WANDB_CACHE_DIR``); it may not exist yet."""
    override = os.environ.get("RUNWELL_CACHE_DIR") or os.environ.get("WANDB_CACHE_DIR")
    if override:
        return os.path.join(override, "runwell") if "RUNWELL_CACHE_DIR" not in os.environ else override
    if sys.platform.startswith("linux"):  # what platformdirs says, without importing it in a training process
        base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
        return os.path.join(base, "runwell")
    from platformdirs import user_cache_dir

    return user_cache_dir("runwell")


class ObjectStore:
    """The objects of this user.

    Args:
        root: where they lie; default ``artifacts/objects`` in the cache directory.
    """

    def __init__(self, root: str | None = None) -> None:
        self.root = root or os.path.join(cache_dir(), "artifacts", "objects")

    def path(self, md5: str) -> str:
        """Give where the object of this MD5 (hex) lies, or would."""
        return os.path.join(self.root, md5[:2], md5[2:])

    def has(self, md5: str, size_bytes: int) -> bool:
        """Tell whether the object is there with this size, and use it; one of another size is dropped."""
        path = self.path(md5)
        try:
            if os.stat(path).st_size == size_bytes:
                os.utime(path)
                return True
        except OSError:
            return False
        with suppress(OSError):
            os.unlink(path)
        return False

    def take(self, source: str) -> tuple[str, int]:
        """Copy a file in; the digest is that of the copy, whatever happens to the file meanwhile.

        Returns:
            MD5 in hex, size in bytes.

        Raises:
            OSError: it can't be read, or the disk refuses.
        """
        with open(source, "rb", buffering=0) as file:
            if os.fstat(file.fileno()).st_size <= CHUNK_BYTES:  # small: nothing is written of what is there already
                return self.take_bytes(file.readall())
        spare = self.spare(os.path.basename(self._own_spare()))
        try:
            md5, size = copy_file(source, spare)
            if not self.has(md5, size):
                self.adopt(spare, md5)
        finally:
            with suppress(OSError):
                os.unlink(spare)
        return md5, size

    def take_bytes(self, data: bytes) -> tuple[str, int]:
        """Keep bytes; as :meth:`take`."""
        md5 = hashlib.md5(data, usedforsecurity=False).hexdigest()
        if not self.has(md5, len(data)):
            spare = self._own_spare()
            try:
                write_new(spare, data, folder_mode=0o700)
                self.adopt(spare, md5)
            except BaseException:
                with suppress(OSError):
                    os.unlink(spare)
                raise
        return md5, len(data)

    def adopt(self, whole: str, md5: str) -> None:
        """Let a verified file that nobody changes become the object, by renaming it."""
        target = self.path(md5)
        try:
            os.replace(whole, target)
        except FileNotFoundError:
            os.makedirs(os.path.dirname(target), mode=0o700, exist_ok=True)
            os.replace(whole, target)

    def spare(self, name: str) -> str:
        """Give the path of a file beside the objects, to be written and adopted."""
        folder = os.path.join(self.root, "partial")
        os.makedirs(folder, mode=0o700, exist_ok=True)
        return os.path.join(folder, name)

    def link(self, md5: str, target: str) -> None:
        """Put an object to a path where nobody changes it: by hard link, else by copy.

        Raises:
            OSError: it isn't there, or the disk refuses.
        """
        place_unchanged(self.path(md5), target)

    def copy_to(self, md5: str, target: str) -> bool:
        """Put a clone or copy of an object to a path, whole or not at all; its digest is verified.

        Returns:
            False: it isn't there, or it was damaged and is dropped.

        Raises:
            OSError: the disk refuses.
        """
        source, spare = self.path(md5), f"{target}.{os.getpid()}.partial"
        try:
            with open(source, "rb", buffering=0) as file:
                small = file.readall() if os.fstat(file.fileno()).st_size <= CHUNK_BYTES else None
        except FileNotFoundError:
            return False
        try:
            if small is not None:
                found = hashlib.md5(small, usedforsecurity=False).hexdigest()
                if found == md5:
                    write_new(spare, small, mode=0o644)
            else:
                os.makedirs(os.path.dirname(target) or ".", exist_ok=True)
                found, _ = copy_file(source, spare, mode=0o644)
            if found != md5:
                for damaged in (source, spare):
                    with suppress(FileNotFoundError):
                        os.unlink(damaged)
                return False
            os.replace(spare, target)
        except BaseException:
            with suppress(OSError):
                os.unlink(spare)
            raise
        return True

    def size(self) -> tuple[int, int]:
        """Give the number of objects and their bytes in all."""
        found = self._listed()
        return len(found), sum(size for _, size, _ in found)

    def prune(self, limit_bytes: int = ARTIFACT_CACHE_BYTES, *, kept_s: float = _KEPT_S) -> tuple[int, int]:
        """Drop what was used longest ago until the rest fits; give the number and bytes dropped.

        Args:
            kept_s: what was used within these seconds is left.
        """
        import time

        found = sorted(self._listed())
        total = sum(size for _, size, _ in found)
        count = freed = 0
        for used_at, size, path in found:
            # Of nothing at all, empty objects are too many too.
            if (limit_bytes > 0 and total - freed <= limit_bytes) or used_at > time.time() - kept_s:
                break
            with suppress(OSError):
                os.unlink(path)
                count, freed = count + 1, freed + size
        return count, freed

    def _listed(self) -> list[tuple[float, int, str]]:
        found: list[tuple[float, int, str]] = []
        for folder, _, files in os.walk(self.root):
            for name in files:
                path = os.path.join(folder, name)
                with suppress(OSError):
                    about = os.stat(path)
                    found.append((about.st_mtime, about.st_size, path))
        return found

    def _own_spare(self) -> str:
        """Give the path of a file beside the objects that no other thread writes; its folder may be missing."""
        import threading

        return os.path.join(self.root, "partial", f"{os.getpid()}-{threading.get_ident()}")


def write_new(path: str, data: bytes, *, mode: int = 0o600, folder_mode: int = 0o777) -> None:
    """Write a file anew; its folder is made if it isn't there.

    Raises:
        OSError: the disk refuses.
    """
    try:
        file = os.open(path, _NEW, mode)
    except FileNotFoundError:
        os.makedirs(os.path.dirname(path) or ".", mode=folder_mode, exist_ok=True)
        file = os.open(path, _NEW, mode)
    with open(file, "wb", buffering=0) as whole:
        view = memoryview(data)
        while view:
            view = view[whole.write(view) :]


def copy_file(source: str, target: str, *, mode: int = 0o600) -> tuple[str, int]:
    """Clone or copy a file to a new path; give the MD5 (hex) and size of what was written.

    Raises:
        OSError: it can't be read, or the disk refuses.
    """
    hasher, size = hashlib.md5(usedforsecurity=False), 0
    flags = os.O_RDWR | os.O_CREAT | os.O_TRUNC
    with open(source, "rb") as file, os.fdopen(os.open(target, flags, mode), "r+b") as copy:
        cloned = _clone(file.fileno(), copy.fileno())
        read_from = copy if cloned else file
        while chunk := read_from.read(CHUNK_BYTES):
            hasher.update(chunk)
            size += len(chunk)
            if not cloned:
                copy.write(chunk)
    return hasher.hexdigest(), size


def place_unchanged(source: str, target: str) -> None:
    """Put a file that nobody changes to another path, by hard link, else by copy; what is there already stays.

    Raises:
        OSError: it isn't there, or the disk refuses.
    """
    try:
        os.link(source, target)
    except FileExistsError:
        return
    except OSError:
        if not os.path.exists(source):
            raise
        spare = f"{target}.{os.getpid()}.partial"
        shutil.copyfile(source, spare)
        os.replace(spare, target)


def private(path: str, flags: int) -> int:
    """Open a file so that only its owner may read it; an ``opener``."""
    return os.open(path, flags, 0o600)


def _clone(source: int, target: int) -> bool:
    if not sys.platform.startswith("linux"):
        return False
    try:
        import fcntl

        fcntl.ioctl(target, _FICLONE, source)
    except (ImportError, OSError):
        return False
    return True
