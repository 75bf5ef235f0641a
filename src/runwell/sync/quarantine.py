"""Lines that the server refuses for what they say: found by halving, put aside, counted; the rest goes on.

``sync/quarantine.jsonl`` in the run directory keeps what was refused and why. The line stays in the
journal; on the server an empty row takes its line number, since line numbers must not have gaps.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson

from runwell.wire.errors import CommunicationError, shorten
from runwell.wire.limits import MIB

from .batch import CONSOLE, PLACEHOLDER
from .cursor import Cursor

FILE = "sync/quarantine.jsonl"
MAX_FILE_BYTES = 4 * MIB  # past it, only the count grows

Send = Callable[[str, int, list[str]], None]


class Quarantine:
    """The refused lines of a run directory."""

    def __init__(self, run_dir: Path, cursor: Cursor) -> None:
        self._path = run_dir / FILE
        self._cursor = cursor

    def isolate(self, journal: str, file: str, offset: int, lines: list[str], reason: str, send: Send) -> None:
        """Send lines that were refused together in ever smaller parts, a placeholder for each that is refused alone.

        Raises:
            CommunicationError: a failure that says nothing about the lines.
        """
        if len(lines) == 1:
            place_taker = orjson.dumps({"content": "…"}).decode() if file == CONSOLE else PLACEHOLDER
            send(file, offset, [place_taker])
            self.note(f"{journal} {file} line {offset}", reason, lines[0])
            return
        middle = len(lines) // 2
        for start, part in ((offset, lines[:middle]), (offset + middle, lines[middle:])):
            try:
                send(file, start, part)
            except CommunicationError as error:
                if error.retryable or error.status not in (400, 413, 422):
                    raise
                self.isolate(journal, file, start, part, str(error), send)

    def note(self, what: str, reason: str, line: str = "") -> None:
        """Write down that something was refused, and count it."""
        self._cursor.progress.quarantined += 1
        entry: dict[str, Any] = {"at": time.time(), "what": what, "reason": reason, "line": shorten(line, 1000)}
        try:
            handle = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            try:
                if os.fstat(handle).st_size < MAX_FILE_BYTES:
                    os.write(handle, orjson.dumps(entry) + b"\n")
            finally:
                os.close(handle)
        except OSError:
            pass
