"""Descriptor 1 or 2, or both as one, led through a pipe or a terminal of our own, and back."""

from __future__ import annotations

import fcntl
import os
import select
import struct
import sys
import termios
import time
from codecs import getincrementaldecoder
from collections.abc import Iterator

from runwell.wire.limits import MIB

_LOWEST = 20  # our descriptors are above those that shells and scripts use by number
_PIPE_BYTES = 1 * MIB  # what a pipe may hold at most where nobody raised it: room for a relay that starts
_READ_BYTES = 64 * 1024
_MARK_EVERY_S = 0.01


class Channel:
    """One stream's way to the relay.

    Args:
        name: "stdout" or "stderr", what its lines are recorded as.
        numbers: the descriptors that lead there, all of them to the same place now.

    Attributes:
        original: the user's own stream.
        reader: the end that the relay reads; doesn't block.

    Raises:
        OSError: the stream is closed, or there is no room for another pipe or terminal.
    """

    def __init__(self, name: str, *numbers: int) -> None:
        self.name = name
        self.numbers = numbers
        number = numbers[0]
        self.reader = self._writer = self._gate = -1
        self.original = fcntl.fcntl(number, fcntl.F_DUPFD_CLOEXEC, _LOWEST)
        self._decoder = getincrementaldecoder("utf-8")("replace")
        try:
            reader, writer = _terminal_like(number) if os.isatty(number) else _pipe()
            self.reader, self._writer = to_high_number(reader), to_high_number(writer)
            os.set_blocking(self.reader, False)
            self._gate = self._open_gate()
        except (OSError, termios.error) as error:
            self.close()
            raise OSError(*error.args) from None
        self._identity = _identity(self._writer)

    def lead_in(self) -> None:
        """Let the descriptors lead to the relay."""
        for number in self.numbers:
            os.dup2(self._writer, number)
        os.close(self._writer)
        self._writer = -1

    def lead_out(self) -> None:
        """Let the descriptors lead to the user's stream again, where the script has put nothing else."""
        for number in self.numbers:
            try:
                if self._writer < 0 and _identity(number) == self._identity:
                    os.dup2(self.original, number)
            except OSError:
                pass  # the script has closed it

    def write_mark(self, mark: bytes, deadline: float) -> bool:
        """Write the mark behind everything that was written; False if there was no room for it in time."""
        waiting = select.poll()
        waiting.register(self._gate, select.POLLOUT)
        while True:
            try:
                return os.write(self._gate, mark) == len(mark)
            except BlockingIOError:
                if time.monotonic() >= deadline:
                    return False
                waiting.poll(_MARK_EVERY_S * 1_000)
            except OSError:
                return False

    def is_full(self) -> bool:
        """Tell whether a write would wait now."""
        return not is_writable(self._gate)

    def unread(self) -> int:
        """Give how many bytes wait to be read, as far as the system says it."""
        try:
            return struct.unpack("i", fcntl.ioctl(self.reader, termios.FIONREAD, b"\0\0\0\0"))[0]
        except OSError:
            return 0

    def pump(self, mark: bytes, at_most: int) -> Iterator[str]:
        """Pass what is unread on to the user's stream from here, and give it as text."""
        while at_most > 0:
            try:
                data = os.read(self.reader, _READ_BYTES)
            except OSError:  # nothing there, or nobody who writes
                return
            if not data:
                return
            at_most -= len(data)
            data = data.replace(mark, b"")
            _write_all(self.original, data)
            yield self._decoder.decode(data)

    def close_gate(self) -> None:
        """Keep nothing open that could be written to."""
        for fd in (self._writer, self._gate):
            if fd >= 0:
                os.close(fd)
        self._writer = self._gate = -1

    def close(self) -> None:
        """Close all that is ours."""
        self.close_gate()
        for fd in (self.reader, self.original):
            if fd >= 0:
                os.close(fd)
        self.reader = self.original = -1

    def _open_gate(self) -> int:
        """Open the end to write once more, so that not waiting there doesn't make the script's writes fail."""
        flags = os.O_WRONLY | os.O_NONBLOCK | os.O_NOCTTY | os.O_CLOEXEC
        if sys.platform.startswith("linux"):
            try:
                return to_high_number(os.open(f"/proc/self/fd/{self._writer}", flags))
            except OSError:
                pass
        return fcntl.fcntl(self._writer, fcntl.F_DUPFD_CLOEXEC, _LOWEST)


def are_one() -> bool:
    """Tell whether descriptors 1 and 2 lead to one place: the same terminal, pipe or file."""
    return _identity(1) == _identity(2)


def is_writable(fd: int) -> bool:
    """Tell whether a write would be taken, or refused, at once."""
    poll = select.poll()
    poll.register(fd, select.POLLOUT)
    return bool(poll.poll(0))


def to_high_number(fd: int) -> int:
    """Move a descriptor out of the way of those that are used by number; no other program inherits it."""
    try:
        return fcntl.fcntl(fd, fcntl.F_DUPFD_CLOEXEC, _LOWEST)
    finally:
        os.close(fd)


def _pipe() -> tuple[int, int]:
    reader, writer = os.pipe()
    try:
        fcntl.fcntl(writer, getattr(fcntl, "F_SETPIPE_SZ", 1031), _PIPE_BYTES)
    except OSError:
        pass  # the usual 64 KiB then
    return reader, writer


def _terminal_like(fd: int) -> tuple[int, int]:
    """Make a terminal of the same size and attributes; bytes come through as they are: the user's own forms them."""
    attributes = termios.tcgetattr(fd)
    size = fcntl.ioctl(fd, termios.TIOCGWINSZ, struct.pack("4H", 0, 0, 0, 0))
    reader, writer = os.openpty()
    try:
        attributes[1] &= ~termios.OPOST
        termios.tcsetattr(writer, termios.TCSANOW, attributes)
        fcntl.ioctl(writer, termios.TIOCSWINSZ, size)
    except (OSError, termios.error):
        os.close(reader)
        os.close(writer)
        raise
    return reader, writer


def _identity(fd: int) -> tuple[int, int, int]:
    about = os.fstat(fd)
    return about.st_dev, about.st_ino, about.st_rdev


def _write_all(fd: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        try:
            left = left[os.write(fd, left) :]
        except BlockingIOError:
            poll = select.poll()
            poll.register(fd, select.POLLOUT)
            poll.poll(1_000)
        except OSError:
            return  # the script meets it at its next write
