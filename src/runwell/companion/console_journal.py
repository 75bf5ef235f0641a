"""The relay's journal: console lines, appended in pieces; a disk that refuses is asked again."""

from __future__ import annotations

import os
import time
import uuid
from pathlib import Path
from typing import Any

from runwell.wire import records
from runwell.wire.journal import FORMAT, encode_record, scan
from runwell.wire.limits import KIB, MAX_CONSOLE_BACKLOG_BYTES

_HEAD_BYTES = 64 * KIB  # the first line of the main journal, which names the run
_KEPT = ("run", "mode", "base_url", "sdk_version", "python_version")


class ConsoleJournal:
    """Appends to ``journal/console-<pid>-<started_ms>.jsonl``, a file of this process alone.

    Args:
        run_dir: the run directory; its main journal names the run.
    """

    def __init__(self, run_dir: Path) -> None:
        self._run_dir = run_dir
        self.path = run_dir / records.JOURNAL_DIR / f"console-{os.getpid()}-{int(time.time() * 1000)}.jsonl"
        self._handle = -1
        self._identity: tuple[int, int] | None = None
        self._counted = 0
        self._refused_lines = 0
        self._bytes = 0
        self._pending = [self._open_record()]

    def add(self, line: dict[str, Any]) -> None:
        """Take the payload of an ``out`` record; ``flush`` writes it."""
        if self._bytes > MAX_CONSOLE_BACKLOG_BYTES:
            self._refused_lines += 1
            return
        self._keep(encode_record(records.OUT, line))

    def count_omitted(self, lines: int) -> None:
        """Count lines that were left out."""
        self._counted += lines
        self._keep(encode_record(records.COUNT, {"omitted_lines": self._counted}))

    def flush(self) -> bool:
        """Write what waits, whole lines only; False if the disk refuses, and it waits on."""
        if not self._pending:
            return True
        if not self._is_open():
            return False
        if self._refused_lines:
            lines, self._refused_lines = self._refused_lines, 0
            self.count_omitted(lines)
        data = b"".join(self._pending)
        try:
            end = os.fstat(self._handle).st_size
            written = os.write(self._handle, data)
        except OSError:
            return False
        if written < len(data):  # lines that went whole stay, the torn one is cut off again
            whole = data.rfind(b"\n", 0, written) + 1
            self._pending = [data[whole:]]
            self._bytes = len(data) - whole
            try:
                os.ftruncate(self._handle, end + whole)
            except OSError:
                self._pending[0] = b"\n" + self._pending[0]
            return False
        self._pending, self._bytes = [], 0
        return True

    def close(self) -> None:
        """Make it durable, and close it."""
        if self._handle >= 0:
            try:
                getattr(os, "fdatasync", os.fsync)(self._handle)
            except OSError:
                pass
            os.close(self._handle)
            self._handle = -1

    def _keep(self, line: bytes) -> None:
        self._pending.append(line)
        self._bytes += len(line)

    def _is_open(self) -> bool:
        """Open the file, again too if it was deleted: with what was in it."""
        try:
            if self._handle >= 0 and os.fstat(self._handle).st_nlink:
                return True
            flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle = os.open(self.path, flags, 0o600)
            if self._handle >= 0:
                os.lseek(self._handle, 0, os.SEEK_SET)
                while block := os.read(self._handle, 1 << 20):
                    os.write(handle, block)
                os.close(self._handle)
            self._handle = handle
        except OSError:
            return False
        return True

    def _open_record(self) -> bytes:
        import psutil  # the start as everybody who asks for it reads it

        me = psutil.Process()
        payload = {
            "format": FORMAT,
            "journal": uuid.uuid4().hex,
            "role": "console",
            **self._run(),
            "pid": me.pid,
            "process_started": me.create_time(),
            "created_at": time.time(),
        }
        return encode_record(records.OPEN, payload)

    def _run(self) -> dict[str, Any]:
        try:
            with (self._run_dir / records.MAIN_JOURNAL).open("rb") as file:
                entries = scan(file.read(_HEAD_BYTES)).entries
        except OSError:
            return {}
        opened = next((entry.payload for entry in entries if entry.kind == records.OPEN), {})
        return {name: opened[name] for name in _KEPT if name in opened}
