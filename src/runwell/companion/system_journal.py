"""The companion's own journal: system metrics, the files that it wrote, what it found out about the run."""

from __future__ import annotations

import os
import time
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import psutil

from runwell.sync.journal_files import read_open
from runwell.wire import records
from runwell.wire.journal import FORMAT, encode_record


class SystemJournal:
    """Appends to ``journal/system.jsonl``; one that a killed companion left is continued.

    Args:
        run_dir: the run directory.
        opened: the main journal's ``open`` payload, which names the run.
    """

    def __init__(self, run_dir: Path, opened: Mapping[str, Any]) -> None:
        path = run_dir / records.SYSTEM_JOURNAL
        path.parent.mkdir(mode=0o700, exist_ok=True)
        self._handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
        self._cut_torn_tail(path)
        earlier = read_open(path) if os.fstat(self._handle).st_size else None
        if earlier is None:
            kept = ("run", "mode", "base_url", "sdk_version", "python_version")
            me = psutil.Process()
            self.append(
                records.OPEN,
                {
                    "format": FORMAT,
                    "journal": uuid.uuid4().hex,
                    "role": "system",
                    **{name: opened[name] for name in kept if name in opened},
                    "pid": me.pid,
                    "process_started": me.create_time(),
                    "created_at": time.time(),
                },
            )

    def append(self, kind: str, payload: Any) -> bool:
        """Write one record; False if the disk refused it (a sample lost is no reason to stop)."""
        line = encode_record(kind, payload)
        try:
            end = os.fstat(self._handle).st_size
            if os.write(self._handle, line) == len(line):
                return True
            os.ftruncate(self._handle, end)
        except OSError:
            pass
        return False

    def close(self) -> None:
        """Close the file."""
        os.close(self._handle)

    def _cut_torn_tail(self, path: Path) -> None:
        data = path.read_bytes()[-(1 << 20) :]
        torn = len(data) - (data.rfind(b"\n") + 1)
        if torn:
            os.ftruncate(self._handle, os.fstat(self._handle).st_size - torn)
