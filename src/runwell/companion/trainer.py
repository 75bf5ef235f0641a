"""What can be seen of the trainer from outside: its journal's end, and whether its process lives."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runwell.sync.journal_files import has_a_line, journal_sizes, read_exit, read_open
from runwell.sync.liveness import is_alive
from runwell.wire import records

ALIVE_EVERY_S = 0.5
GRACE_S = 1.0  # between a death and the verdict: the last write may still be on its way


@dataclass
class Trainer:
    """The process whose run this is.

    Attributes:
        run_dir: the run directory.
        opened: payload of the main journal's ``open`` record.
        exit: payload of its ``exit`` record, once there is one.
    """

    run_dir: Path
    opened: dict[str, Any] = field(default_factory=dict)
    exit: dict[str, Any] | None = None
    _size: int = -1
    _artifacts_at: int = 0
    _looked_at: float = 0.0
    _dead_since: float | None = None

    @property
    def pid(self) -> int:
        """Its process id; 0 if unknown."""
        pid = self.opened.get("pid")
        return pid if isinstance(pid, int) else 0

    @property
    def _journal(self) -> Path:
        return self.run_dir / records.MAIN_JOURNAL

    def read_open(self) -> bool:
        """Read the ``open`` record if it is there."""
        if not self.opened:
            try:
                self.opened = read_open(self._journal) or {}
            except OSError:
                return False
        return bool(self.opened)

    def alive(self) -> bool:
        """Tell whether the process lives."""
        started = self.opened.get("process_started")
        return self.pid > 0 and is_alive(self.pid, started if isinstance(started, (int, float)) else None)

    def ended(self) -> bool:
        """Tell whether the run has ended: by its exit record, or by a death that left none."""
        self._look_for_exit()
        if self.exit is not None:
            return True
        now = time.monotonic()
        if self._dead_since is None:
            if now - self._looked_at < ALIVE_EVERY_S:
                return False
            self._looked_at = now
            if self.alive():
                return False
            self._dead_since = now
        return now - self._dead_since >= GRACE_S

    def has_artifacts(self) -> bool:
        """Tell whether an artifact may have been logged since the last look."""
        try:
            changed_at = (self.run_dir / records.ARTIFACTS_DIR).stat().st_mtime_ns
        except OSError:
            return False
        before, self._artifacts_at = self._artifacts_at, changed_at
        return changed_at != before

    def children_alive(self) -> bool:
        """Tell whether a forked child that logs into this run lives."""
        for path, _ in journal_sizes(self.run_dir):
            if path.name in ("main.jsonl", "system.jsonl") or not has_a_line(path):
                continue
            try:
                opened = read_open(path) or {}
            except OSError:
                continue
            pid, started = opened.get("pid"), opened.get("process_started")
            if isinstance(pid, int) and is_alive(pid, started if isinstance(started, (int, float)) else None):
                return True
        return False

    def _look_for_exit(self) -> None:
        """Look at the last line of the journal if the file has grown: ``exit`` is the last record."""
        try:
            size = self._journal.stat().st_size
            if size == self._size:
                return
            self.exit = read_exit(self._journal)
        except OSError:
            return
        self._size = size
