"""Makes lines of what the relay has shown, and keeps them in a journal of the relay's own.

It runs in a thread of its own: the disk may take its time, and the terminal doesn't wait for it. What
waits for it is bounded; beyond that, text is left out and its lines are counted and said.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from threading import Condition
from typing import TYPE_CHECKING, Any

from runwell.wire.console import STDERR, STDOUT, UNFINISHED_EVERY_S, ConsoleLines
from runwell.wire.limits import MAX_CONSOLE_BACKLOG_BYTES

if TYPE_CHECKING:
    from .console_journal import ConsoleJournal

LAST_WRITE_S = 10.0  # at the end, for a disk that refuses
_MARK, _END = object(), object()


class Recorder:
    """Takes bytes of two streams in the order in which they were shown.

    Args:
        run_dir: the run directory.
        drained: called when the marks of both streams, or of the one that is there, are reached and what came
            before is in the journal.
    """

    def __init__(self, run_dir: str, drained: Callable[[], None]) -> None:
        self._run_dir = run_dir
        self._drained = drained
        self._waiting: deque[tuple[str, Any]] = deque()
        self._waiting_bytes = 0
        self._left_out = 0
        self._changed = Condition()
        self._marked: set[str] = set()
        self._ended: set[str] = set()

    def put(self, stream: str, data: bytes) -> None:
        """Take bytes; never waits for the disk."""
        with self._changed:
            if self._waiting_bytes + len(data) > MAX_CONSOLE_BACKLOG_BYTES:
                self._left_out += data.count(b"\n")
                return
            self._waiting_bytes += len(data)
            self._waiting.append((stream, data))
            self._changed.notify()

    def put_mark(self, stream: str) -> None:
        """Take the mark of a stream."""
        self._put(stream, _MARK)

    def put_end(self, stream: str) -> None:
        """Take the end of a stream; with both, ``record`` returns."""
        self._put(stream, _END)

    def _put(self, stream: str, what: object) -> None:
        with self._changed:
            self._waiting.append((stream, what))
            self._changed.notify()

    def record(self) -> None:
        """Record until both streams have ended; what goes wrong here costs the record and nothing else."""
        try:
            # Here, so that the first byte is passed on before all this is imported.
            from pathlib import Path

            from .console_journal import ConsoleJournal

            journal = ConsoleJournal(Path(self._run_dir))
            self._record_with(journal)
            self._finish(journal)
        except Exception:
            from traceback import print_exc

            print_exc()  # into companion.log
            self._record_with(None)

    def _record_with(self, journal: ConsoleJournal | None) -> None:
        from codecs import getincrementaldecoder

        decode = getincrementaldecoder("utf-8")
        decoders = {name: decode("replace") for name in (STDOUT, STDERR)}
        lines = ConsoleLines(journal.add, journal.count_omitted) if journal is not None else None
        while len(self._ended) < 2:
            taken, left_out = self._take()
            now = time.time()
            for stream, what in taken:
                if what is _MARK:
                    self._marked.add(stream)
                elif what is _END:
                    self._ended.add(stream)
                elif lines is not None:
                    lines.feed(stream, decoders[stream].decode(what), now)
            if journal is not None and lines is not None:
                lines.add_omitted(left_out)
                lines.settle(now, due=len(self._marked | self._ended) < 2)
                journal.flush()
            if self._marked and len(self._marked | self._ended) == 2:
                self._marked.clear()
                self._drained()
        if lines is not None:
            for stream, decoder in decoders.items():
                lines.feed(stream, decoder.decode(b"", final=True), time.time())
            lines.flush(time.time())

    def _take(self) -> tuple[list[tuple[str, Any]], int]:
        """Wait a little for something to record; give all there is, and how many lines had no room."""
        with self._changed:
            if not self._waiting:
                self._changed.wait(UNFINISHED_EVERY_S)
            taken = list(self._waiting)
            self._waiting.clear()
            self._waiting_bytes = 0
            left_out, self._left_out = self._left_out, 0
        return taken, left_out

    def _finish(self, journal: ConsoleJournal) -> None:
        """Get to the disk what it hasn't taken yet, for as long as somebody would wait for a slow one."""
        deadline = time.monotonic() + LAST_WRITE_S
        while not journal.flush() and time.monotonic() < deadline and journal.path.parent.is_dir():
            time.sleep(0.2)
        journal.close()
