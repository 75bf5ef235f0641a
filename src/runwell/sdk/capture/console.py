"""The script's stdout and stderr, line by line, as ``out`` records; the terminal sees what it always did.

Only the ``write`` of the stream objects is wrapped, in place: the objects, their buffers, ``isatty`` and
``fileno`` stay what they were. The terminal is written first, and what it raises is raised.

A carriage return starts a line over, so a progress bar is one line that is recorded now and then and
when it ends. ANSI sequences are kept.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from threading import local
from typing import Any

from runwell.sdk.journal import Journal
from runwell.wire import records
from runwell.wire.journal import encode_record
from runwell.wire.limits import MAX_CONSOLE_LINE_BYTES, MAX_CONSOLE_LINES_PER_S

_UNFINISHED_EVERY_S = 0.5  # how often a line that hasn't ended yet is recorded as it stands
_CUT_MARK = " … [line cut]"

_sinks: list[ConsoleLog] = []
_wrapped: list[tuple[Any, Callable[..., Any]]] = []
_writing = local()


class ConsoleLog:
    """The console lines of one run: pieces of text in, numbered lines out.

    Args:
        journal: where lines go.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._next = 0
        self._streams = {"stdout": _Line(), "stderr": _Line()}
        self._second = 0
        self._lines_this_second = 0
        self._omitted = 0

    def feed(self, stream: str, text: str) -> None:
        """Take what a stream was given."""
        with self._journal.lock:
            now = time.time()
            line = self._streams[stream]
            *whole, rest = text.split("\n")
            for part in whole:
                self._extend(line, part, now)
                self._emit(stream, line, now)
                line.reset()
            if rest:
                self._extend(line, rest, now)
                if now >= line.due:
                    line.due = now + _UNFINISHED_EVERY_S
                    self._emit(stream, line, now)

    def flush(self) -> None:
        """Record lines that haven't ended."""
        with self._journal.lock:
            now = time.time()
            for stream, line in self._streams.items():
                if line.number is not None and line.text:
                    self._emit(stream, line, now)
                line.reset()
            self._tell_omitted(now)

    def start_anew(self) -> None:
        """After a fork, in the child: number lines from 0, for a journal of its own."""
        self.__init__(self._journal)

    def _extend(self, line: _Line, part: str, now: float) -> None:
        if line.number is None:
            line.number = self._next
            self._next += 1
            line.due = now + _UNFINISHED_EVERY_S
        if "\r" not in part:
            line.add(part)
            return
        first, *others = part.split("\r")
        line.add(first)
        for piece in others:
            line.starts_over = True
            line.add(piece)

    def _emit(self, stream: str, line: _Line, now: float) -> None:
        if int(now) != self._second:
            self._second = int(now)
            self._lines_this_second = 0
            self._tell_omitted(now)
        self._lines_this_second += 1
        if self._lines_this_second > MAX_CONSOLE_LINES_PER_S:
            self._omitted += 1
            return
        text = line.text
        if line.cut:
            text += _CUT_MARK
        self._journal.write(encode_record(records.OUT, {"n": line.number, "s": stream, "t": now, "x": text}))

    def _tell_omitted(self, now: float) -> None:
        if not self._omitted:
            return
        text = f"… {self._omitted:,} lines omitted: at most {MAX_CONSOLE_LINES_PER_S:,} a second are recorded"
        self._journal.count("omitted_lines", self._omitted)
        self._omitted = 0
        number, self._next = self._next, self._next + 1
        self._journal.write(encode_record(records.OUT, {"n": number, "s": "stderr", "t": now, "x": text}))


class _Line:
    """A line being written."""

    __slots__ = ("cut", "due", "number", "starts_over", "text")

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.number: int | None = None
        self.text = ""
        self.starts_over = False
        self.cut = False
        self.due = 0.0

    def add(self, piece: str) -> None:
        if not piece:
            return
        if self.starts_over:
            self.text, self.starts_over, self.cut = "", False, False
        room = MAX_CONSOLE_LINE_BYTES // 4 - len(self.text)
        if len(piece) > room:
            piece, self.cut = piece[: max(room, 0)], True
        self.text += piece


def attach(sink: ConsoleLog) -> None:
    """Let a run's console log hear the streams from now on."""
    _sinks.append(sink)
    keep_wrapped()


def keep_wrapped(*_: object) -> None:
    """Wrap the streams where they aren't; notebooks put back what they saved at the end of each cell."""
    if not _sinks:
        return
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name, None)
        if stream is not None and not hasattr(getattr(stream, "write", None), "uncaptured"):
            _wrap(stream, name)


def detach(sink: ConsoleLog) -> None:
    """Let it hear them no longer; with the last one gone the streams get their own ``write`` back."""
    if sink in _sinks:
        _sinks.remove(sink)
        sink.flush()
    if not _sinks:
        while _wrapped:
            stream, wrapper = _wrapped.pop()
            try:
                if vars(stream).get("write") is wrapper:
                    del stream.write
            except (AttributeError, TypeError):
                pass


def _wrap(stream: Any, name: str) -> None:
    original = stream.write

    def write(text: str, *rest: Any, **named: Any) -> Any:
        if getattr(_writing, "now", False):  # a wrapper within a wrapper: the outer one hears it
            return original(text, *rest, **named)
        _writing.now = True
        try:
            written = original(text, *rest, **named)
        finally:
            _writing.now = False
        if type(text) is str:
            for sink in tuple(_sinks):
                try:
                    sink.feed(name, text)
                except Exception:
                    pass  # capture never fails a print
        return written

    write.uncaptured = original  # type: ignore[attr-defined]
    try:
        stream.write = write
    except (AttributeError, TypeError):
        return  # a stream that takes no attribute: it stays as it is, uncaptured
    _wrapped[:] = [pair for pair in _wrapped if pair[0] is not stream]
    _wrapped.append((stream, write))
