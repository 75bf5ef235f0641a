"""Digests of files that were read before: by path, device, inode, size and time of change.

One SQLite file below the cache directory. Whatever goes wrong with it costs reading a file again, nothing else.
"""

from __future__ import annotations

import hashlib
import os
import time
from typing import Any

from .objects import CHUNK_BYTES, cache_dir

_UNSETTLED_S = 2.0  # a file changed within this time may change again without its time showing it
_MAX_ROWS = 1_000_000  # files remembered, some 150 MB
_WAIT_S = 0.2  # for another process that writes here


def md5_of(path: str) -> tuple[str, int]:
    """Read a file; give its MD5 in hex and its size.

    Raises:
        OSError: it can't be read.
    """
    hasher, size = hashlib.md5(usedforsecurity=False), 0
    with open(path, "rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            hasher.update(chunk)
            size += len(chunk)
    return hasher.hexdigest(), size


class DigestCache:
    """Remembers digests between processes.

    Args:
        path: of the SQLite file; default ``artifacts/digests.sqlite`` in the cache directory.
    """

    def __init__(self, path: str | None = None) -> None:
        self._path = path or os.path.join(cache_dir(), "artifacts", "digests.sqlite")
        self._known: dict[str, tuple[str, str]] = {}
        self._new: dict[str, tuple[str, str]] = {}

    def look_up(self, paths: list[str]) -> None:
        """Read what is known of these files, all at once."""
        import sqlite3

        try:
            connection = sqlite3.connect(f"file:{self._path}?mode=ro", uri=True, timeout=_WAIT_S)
        except sqlite3.Error:
            return
        try:
            for start in range(0, len(paths), 500):
                part = paths[start : start + 500]
                marks = ",".join("?" * len(part))
                asked = f"SELECT path, state, md5 FROM digest WHERE path IN ({marks})"  # noqa: S608
                found = connection.execute(asked, part)
                self._known.update({path: (state, md5) for path, state, md5 in found})
        except sqlite3.Error:
            pass
        finally:
            connection.close()

    def get(self, path: str, about: os.stat_result) -> str | None:
        """Give the MD5 (hex) of a file that is as it was when it was remembered; None: read it."""
        state, md5 = self._known.get(path, ("", ""))
        return md5 if state == _state(about) else None

    def put(self, path: str, about: os.stat_result, md5: str) -> None:
        """Remember a digest, if the file has been still for a while; :meth:`save` keeps it."""
        if time.time() - about.st_mtime > _UNSETTLED_S:
            self._known[path] = self._new[path] = (_state(about), md5)

    def save(self) -> None:
        """Keep what was learnt."""
        if not self._new:
            return
        import sqlite3

        try:
            os.makedirs(os.path.dirname(self._path), mode=0o700, exist_ok=True)
            connection: Any = sqlite3.connect(self._path, timeout=_WAIT_S)
        except (OSError, sqlite3.Error):
            return
        try:
            with connection:
                connection.execute("CREATE TABLE IF NOT EXISTS digest (path TEXT PRIMARY KEY, state TEXT, md5 TEXT)")
                connection.executemany(
                    "INSERT OR REPLACE INTO digest VALUES (?, ?, ?)", [(p, s, m) for p, (s, m) in self._new.items()]
                )
                if connection.execute("SELECT max(rowid) FROM digest").fetchone()[0] > 4 * _MAX_ROWS:
                    connection.execute("DELETE FROM digest")
            self._new.clear()
        except sqlite3.Error:
            pass
        finally:
            connection.close()


def _state(about: os.stat_result) -> str:
    return f"{about.st_dev}:{about.st_ino}:{about.st_size}:{about.st_mtime_ns}:{about.st_ctime_ns}"
