"""Console lines: text of two streams in, numbered lines out; and what trainer and relay agree on. Pure.

A carriage return starts a line over, so a progress bar is one line, given now and then and when it
ends. ANSI sequences are kept. At most ``MAX_CONSOLE_LINES_PER_S`` are given, the rest is counted and said.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from .limits import MAX_CONSOLE_LINE_BYTES, MAX_CONSOLE_LINES_PER_S

STDOUT, STDERR = "stdout", "stderr"
UNFINISHED_EVERY_S = 0.5  # how often a line that hasn't ended yet is given as it stands
_CUT_MARK = " … [line cut]"

# Where the relay (``companion.relay``) finds what it was started with: descriptors by number.
RELAY_WORD_FD = 3  # its words to the trainer, a line each; that it ends says that the relay is gone
RELAY_STREAM_FDS = ((STDOUT, 4, 6), (STDERR, 5, 7))  # name, end to read, the user's own stream
RELAY_READY = b"ready"  # it reads; its process id follows
RELAY_DRAINED = b"drained"  # what came before the mark on both streams is shown and recorded
RELAY_REFUSED = b"refused"  # the user's stream takes nothing any more
RELAY_MARK_BYTES = 16  # said at the start: the trainer's mark in each stream, shown to nobody
RELAY_MARK_FIRST = b"\xff"  # its first, the others are random: no text ends so, and waits for the mark to follow


class ConsoleLines:
    """The console lines of one writer.

    Args:
        give: takes the payload of an ``out`` record: a line, or a line again that has changed.
        omit: takes the number of lines that were left out, each time that this is said.
    """

    def __init__(self, give: Callable[[dict[str, Any]], None], omit: Callable[[int], None]) -> None:
        self._give = give
        self._omit = omit
        self._next = 0
        self._streams = {STDOUT: _Line(), STDERR: _Line()}
        self._second = 0
        self._lines_this_second = 0
        self._omitted = 0

    def feed(self, stream: str, text: str, now: float) -> None:
        """Take what a stream was given at ``now`` (seconds since the epoch)."""
        line = self._streams[stream]
        start = 0
        while (end := text.find("\n", start)) >= 0:
            if int(now) == self._second and self._lines_this_second >= MAX_CONSOLE_LINES_PER_S:
                start = self._leave_out(line, text, start)
                break
            self._extend(line, text[start:end], now)
            self._tell(stream, line, now)
            line.reset()
            start = end + 1
        if start < len(text):
            self._extend(line, text[start:], now)
            if now >= line.due:
                line.due = now + UNFINISHED_EVERY_S
                self._tell(stream, line, now)

    def settle(self, now: float, *, due: bool = True) -> None:
        """Give lines that haven't ended, as they stand, if they changed; with ``due`` only those due by now."""
        for stream, line in self._streams.items():
            if line.number is not None and line.text != line.told and (now >= line.due or not due):
                line.due = now + UNFINISHED_EVERY_S
                self._tell(stream, line, now)

    def flush(self, now: float) -> None:
        """End the lines that haven't ended."""
        for stream, line in self._streams.items():
            if line.number is not None and line.text and line.text != line.told:
                self._tell(stream, line, now)
            line.reset()
        self._tell_omitted(now)

    def add_omitted(self, lines: int) -> None:
        """Count lines that never got here."""
        self._omitted += lines

    def _extend(self, line: _Line, part: str, now: float) -> None:
        if line.number is None:
            line.number = self._next
            self._next += 1
            line.due = now + UNFINISHED_EVERY_S
        if "\r" not in part:
            line.add(part)
            return
        first, *others = part.split("\r")
        line.add(first)
        for piece in others:
            line.starts_over = True
            line.add(piece)

    def _leave_out(self, line: _Line, text: str, start: int) -> int:
        """Count the lines of a text from ``start`` on without looking at them; give where its last, open one begins."""
        ended = text.count("\n", start)
        self._next += ended - (line.number is not None)
        self._omitted += ended
        line.reset()
        return text.rfind("\n") + 1

    def _tell(self, stream: str, line: _Line, now: float) -> None:
        if int(now) != self._second:
            self._second = int(now)
            self._lines_this_second = 0
            self._tell_omitted(now)
        self._lines_this_second += 1
        line.told = line.text
        if self._lines_this_second > MAX_CONSOLE_LINES_PER_S:
            self._omitted += 1
            return
        text = line.text + _CUT_MARK if line.cut else line.text
        self._give({"n": line.number, "s": stream, "t": now, "x": text})

    def _tell_omitted(self, now: float) -> None:
        if not self._omitted:
            return
        text = f"… {self._omitted:,} lines omitted: at most {MAX_CONSOLE_LINES_PER_S:,} a second are recorded"
        self._omit(self._omitted)
        self._omitted = 0
        number, self._next = self._next, self._next + 1
        self._give({"n": number, "s": STDERR, "t": now, "x": text})


class _Line:
    """A line being written."""

    __slots__ = ("cut", "due", "number", "starts_over", "text", "told")

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        self.number: int | None = None
        self.text = ""
        self.told: str | None = None
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
