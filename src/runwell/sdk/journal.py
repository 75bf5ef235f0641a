"""The writer of one journal: each record is on its way to the disk by one ``os.write`` of one line.

Why it is built so: a line that the kernel has taken survives the death of every process. When the
disk refuses (full, I/O error, read-only), lines wait in memory, at most ``MEMORY_QUEUE_BYTES``, and
every later write tries again; they are counted as deferred until then, or lost if there is no more room.

What it must never do: raise for the disk, write a second copy of a line, leave a torn line in front
of intact ones (it is cut, or closed off with a newline, which readers skip).

Threads take turns by ``lock``. It is re-entrant, because a signal handler or a destructor may log in
the middle of a write; ``_unsure`` says that the tail of the file may not end with a whole line, and
sends such a nested write the careful way.
"""

from __future__ import annotations

import errno
import os
import time
from collections import deque
from collections.abc import Callable
from threading import RLock

from runwell.wire import records
from runwell.wire.journal import encode_record
from runwell.wire.limits import MAX_ROW_BYTES, MEMORY_QUEUE_BYTES

from .notices import say, warn_once

_ROW_MARK = b'{"row":'
_DRAIN_SECONDS = 0.1  # one write spends at most this on lines that waited, so that no log() takes a second
_CLOSE_SECONDS = 1.0  # closing tries this long to get waiting lines to a disk that refuses
_CHECK_SECONDS = 1.0  # how often the file is looked at for having been deleted, and counters are written

_write = os.write


class Journal:
    """An append-only file with one writer.

    Args:
        path: the file; made when the first line is written, with its directories.
        head: gives the ``open`` record's line, the first of every journal.
        counters: what this writer counted so far; written as ``count`` records when it changes.

    Attributes:
        lock: held by whoever calls ``write``; callers may hold it around more than one write.
        check_at: ``time.monotonic()`` from which ``check`` is due.
        on_check: called at the end of every check, without the lock.
    """

    def __init__(self, path: str, head: Callable[[], bytes]) -> None:
        self.path = path
        self.lock = RLock()
        self.counters: dict[str, int] = {}
        self.check_at = 0.0
        self.on_check: Callable[[], None] | None = None
        self._head = head
        self._fd = -1
        self._identity: tuple[int, int] | None = None
        self._unsure = True
        self._draining = False
        self._queue: deque[bytes] = deque()
        self._queue_bytes = 0
        self._counters_changed = False
        self._refusal_said = False
        self._deferred = 0

    # --- writing ----------------------------------------------------------------------------

    def append(self, line: bytes) -> None:
        """Write one line (see ``wire.journal``)."""
        with self.lock:
            self.write(line)

    def record(self, kind: str, payload: object) -> None:
        """Encode and write one record of JSON-like data."""
        self.append(encode_record(kind, payload))

    def write(self, line: bytes) -> None:
        """Write one line; the caller holds ``lock``."""
        if self._unsure:
            self._write_carefully(line)
            return
        self._unsure = True
        try:
            written = _write(self._fd, line)
        except OSError as error:
            self._refused(error)
        else:
            if written == len(line):
                self._unsure = bool(self._queue)
                return
            self._cut(line, written)
            self._refused(None)
        self._defer(line)

    def count(self, name: str, n: int = 1) -> None:
        """Add to a counter; it reaches the journal within a second of further writes, or at the end."""
        with self.lock:
            self.counters[name] = self.counters.get(name, 0) + n
            self._counters_changed = True

    def check(self) -> None:
        """Look after the file, once a second of logging: is it still there, do counters wait."""
        with self.lock:
            self.check_at = time.monotonic() + _CHECK_SECONDS
            self._follow()
            self._write_counters()
        if self.on_check is not None:
            self.on_check()

    def close(self, keep_open: bool = False) -> int:
        """Write what waits, then close.

        Returns:
            How many lines could not be written and are lost now.
        """
        with self.lock:
            self._follow()
            deadline = time.monotonic() + _CLOSE_SECONDS
            while self._queue:
                if self._fd >= 0 or self._open():
                    self._drain(_CLOSE_SECONDS)
                if not self._queue or time.monotonic() >= deadline:
                    break
                time.sleep(0.05)
            self._write_counters()
            left = len(self._queue)
            if not keep_open and self._fd >= 0:
                self._close_descriptor()
                self._unsure = True
            return left

    @property
    def waiting(self) -> int:
        """Lines that wait in memory for the disk."""
        return len(self._queue)

    def move_to_child(self, path: str) -> None:
        """After a fork, in the child: leave the parent's file and lock alone, and use an own file from now on."""
        self.lock = RLock()
        if self._fd >= 0:
            self._close_descriptor()
        self.path = path
        self.check_at = 0.0
        self.counters = {}
        self._identity = None
        self._unsure = True
        self._draining = False
        self._queue = deque()
        self._queue_bytes = 0
        self._counters_changed = False
        self._deferred = 0

    # --- the careful way --------------------------------------------------------------------

    def _write_carefully(self, line: bytes) -> None:
        if self._draining:  # nested in a drain, which picks it up
            self._enqueue(line)
            return
        if self._fd < 0 and not self._open():
            self._defer(line)
            return
        if self._enqueue(line):
            self._drain(_DRAIN_SECONDS)
            if self._queue and self._refusal_said:
                self._count_deferred(line)

    def _defer(self, line: bytes) -> None:
        if self._enqueue(line):
            self._count_deferred(line)

    def _count_deferred(self, line: bytes) -> None:
        if _is_row(line):
            self._deferred += 1
            self.count("deferred_rows")

    def _enqueue(self, line: bytes) -> bool:
        if self._queue_bytes + len(line) > MEMORY_QUEUE_BYTES:
            if _is_row(line):
                self.count("lost_rows")
            warn_once(
                f"queue {self.path}",
                f"the disk has refused rows for so long that {MEMORY_QUEUE_BYTES >> 20} MiB of them wait in memory; "
                "newer ones are lost until it takes them again",
            )
            return False
        self._queue.append(line)
        self._queue_bytes += len(line)
        self._unsure = True
        return True

    def _drain(self, seconds: float) -> None:
        """Write waiting lines in order until none waits, the disk refuses, or the time is up."""
        queue = self._queue
        deadline = time.monotonic() + seconds
        self._draining = True
        try:
            # Something torn may end the file: a newline closes it off, and readers skip it.
            torn = self._tail_torn()
            while queue:
                line = queue[0]
                data = b"\n" + line if torn else line
                try:
                    written = _write(self._fd, data)
                except OSError as error:
                    self._refused(error)
                    return
                if written != len(data):
                    self._cut(data, written)
                    self._refused(None)
                    return
                torn = False
                queue.popleft()
                self._queue_bytes -= len(line)
                if time.monotonic() >= deadline:
                    break
        finally:
            self._draining = False
        if queue:
            return
        self._unsure = False
        if self._refusal_said:
            self._refusal_said = False
            say(f"the disk takes rows again; {self._deferred:,} rows that waited in memory are recorded now")
            self._deferred = 0

    def _tail_torn(self) -> bool:
        try:
            size = os.fstat(self._fd).st_size
            return size > 0 and os.pread(self._fd, 1, size - 1) != b"\n"
        except OSError:
            return True

    def _cut(self, data: bytes, written: int) -> None:
        """Take the part of a line that fitted off the file again, if it is still its end."""
        try:
            good = os.fstat(self._fd).st_size - written
            if good >= 0 and os.pread(self._fd, written, good) == data[:written]:
                os.ftruncate(self._fd, good)
        except OSError:
            pass  # the next line starts with a newline then

    def _refused(self, error: OSError | None) -> None:
        if error is not None and error.errno == errno.EBADF:
            self._fd = -1  # somebody closed it: not the disk's fault, the next write opens it again
            return
        if not self._refusal_said:
            self._refusal_said = True
            reason = error.strerror if error is not None and error.strerror else "no space left"
            warn_once(
                f"refused {self.path}",
                f"the disk refuses rows ({reason}): they wait in memory, up to {MEMORY_QUEUE_BYTES >> 20} MiB, and are "
                f"written when it takes them again. Free space at {os.path.dirname(self.path)}",
            )

    # --- the file ---------------------------------------------------------------------------

    def _open(self) -> bool:
        """Open the file, new or again; tells whether it is open. A torn tail is cut and counted."""
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | getattr(os, "O_CLOEXEC", 0)
        try:
            try:
                fd = os.open(self.path, flags, 0o600)
            except FileNotFoundError:
                os.makedirs(os.path.dirname(self.path), mode=0o700, exist_ok=True)
                fd = os.open(self.path, flags, 0o600)
        except OSError as error:
            self._refused(error)
            return False
        self._fd = fd
        try:
            about = os.fstat(fd)
            self._identity = (about.st_dev, about.st_ino)
            if about.st_size == 0:
                self.check_at = 0.0  # the next row says its time of day, as the first of every journal
                # The head goes in front of whatever waits.
                head = self._head()
                self._queue.appendleft(head)
                self._queue_bytes += len(head)
            else:
                self._cut_torn_tail(about.st_size)
        except OSError:
            pass  # the tail stays unsure, and the next line starts with a newline
        return True

    def _cut_torn_tail(self, size: int) -> None:
        position = size
        while position > 0:
            start = max(0, position - 64 * 1024)
            block = os.pread(self._fd, position - start, start)
            newline = block.rfind(b"\n")
            if newline >= 0:
                position = start + newline + 1
                break
            position = start
            if size - position > 2 * MAX_ROW_BYTES:
                return  # no line is that long: not a journal's tail, leave it
        if position < size:
            os.ftruncate(self._fd, position)
            self.count("torn_bytes", size - position)

    def _follow(self) -> None:
        """Make the file again if it was deleted or replaced, with all that it held."""
        if self._fd < 0:
            return
        try:
            here = os.fstat(self._fd)
            if (here.st_dev, here.st_ino) != self._identity:
                self._fd = -1  # somebody closed ours and the number is another file's now: leave that one alone
                self._unsure = True
                return
            if here.st_nlink > 0:
                return
            self._recreate(here.st_size)
        except OSError:
            self._unsure = True

    def _recreate(self, size: int) -> None:
        old = self._fd
        os.makedirs(os.path.dirname(self.path), mode=0o700, exist_ok=True)
        flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_TRUNC | getattr(os, "O_CLOEXEC", 0)
        new = os.open(self.path, flags, 0o600)
        position = 0
        while position < size:
            block = os.pread(old, min(1024 * 1024, size - position), position)
            if not block:
                break
            done = 0
            while done < len(block):
                done += os.write(new, block[done:])
            position += len(block)
        about = os.fstat(new)
        self._fd, self._identity = new, (about.st_dev, about.st_ino)
        os.close(old)
        warn_once(
            f"deleted {self.path}", f"{self.path} was deleted while the run goes on; it has been made again, whole"
        )

    def _close_descriptor(self) -> None:
        fd, self._fd = self._fd, -1
        try:
            about = os.fstat(fd)
            if (about.st_dev, about.st_ino) == self._identity:
                os.close(fd)
        except OSError:
            pass  # closed by somebody else already

    def _write_counters(self) -> None:
        if self._counters_changed:
            self._counters_changed = False
            self.write(encode_record(records.COUNT, self.counters))


def _is_row(line: bytes) -> bool:
    return line.startswith(_ROW_MARK, 9)
