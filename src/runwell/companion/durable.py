"""Makes journals survive power loss: fdatasync from here, so that training never waits for a disk."""

from __future__ import annotations

import logging
import os
import sys
from pathlib import Path

from runwell.sync.journal_files import journal_sizes
from runwell.wire import records

log = logging.getLogger("runwell.companion")


class Durability:
    """Syncs the journals of a run directory, those that grew since the last time.

    A descriptor of its own does: fdatasync writes a file's dirty pages, whoever dirtied them.
    """

    def __init__(self, run_dir: Path) -> None:
        self._run_dir = run_dir
        self._synced: dict[str, int] = {}
        self._warned = False

    def sync(self) -> None:
        """Make durable what is in the journals now; a disk that refuses is reported once."""
        new_file = False
        for path, size in journal_sizes(self._run_dir):
            if self._synced.get(path.name) == size:
                continue
            new_file = new_file or path.name not in self._synced
            try:
                _sync_file(path)
                self._synced[path.name] = size
            except OSError as error:
                if not self._warned:
                    self._warned = True
                    log.warning("%s can't be made durable: %s", path, error)
        if new_file:
            try:
                _sync_directory(self._run_dir / records.JOURNAL_DIR)
                _sync_directory(self._run_dir)
                _sync_directory(self._run_dir.parent)
            except OSError as error:
                log.warning("%s can't be made durable: %s", self._run_dir, error)


def _sync_file(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        if sys.platform == "darwin":
            import fcntl

            fcntl.fcntl(handle, fcntl.F_FULLFSYNC)  # there, fsync leaves the data in the drive's cache
        else:
            os.fdatasync(handle)
    finally:
        os.close(handle)


def _sync_directory(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
