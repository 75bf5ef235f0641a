"""Histories as files that were made on demand: a cache on this server's disk, never the only copy of anything.

A file is written under a temporary name and renamed when it is whole, so what is found under its name is complete. What
nobody asked for in a while is removed, the longest unused first when all of them together are too large.
"""

from __future__ import annotations

import os
import secrets
import threading
import time
from collections.abc import Callable
from pathlib import Path

from runwell.wire.limits import EXPORT_KEPT_S, EXPORTS_BYTES

TEMPORARY = ".tmp"


class ExportFiles:
    """Files below one directory.

    Args:
        root: nobody else's; made when the first file is.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, name: str, make: Callable[[Path], None]) -> Path:
        """Give the file of a name, made by ``make`` (which writes it whole) if it isn't there; one thread makes it."""
        path = self.root / name
        with self._lock:
            own = self._locks.setdefault(name, threading.Lock())
        try:
            with own:
                if not path.exists():
                    self.root.mkdir(exist_ok=True, mode=0o700)
                    unfinished = path.with_name(f"{name}.{secrets.token_hex(4)}{TEMPORARY}")
                    try:
                        make(unfinished)
                        unfinished.replace(path)
                    finally:
                        unfinished.unlink(missing_ok=True)
                os.utime(path)
        finally:
            with self._lock:
                self._locks.pop(name, None)
        return path

    def sweep(self, unused_s: float = EXPORT_KEPT_S, most_bytes: int = EXPORTS_BYTES) -> int:
        """Remove files that weren't asked for in ``unused_s``, and of the others what is too much; return how many."""
        if not self.root.is_dir():
            return 0
        files = sorted(
            ((file.stat().st_mtime, file.stat().st_size, file) for file in self.root.iterdir()), reverse=True
        )
        kept = removed = 0
        for used_at, size, file in files:
            kept += size
            if used_at < time.time() - unused_s or (kept > most_bytes and file.suffix != TEMPORARY):
                file.unlink(missing_ok=True)
                removed += 1
        return removed
