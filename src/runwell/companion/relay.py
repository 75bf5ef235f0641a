"""``python -m runwell.companion.relay RUN_DIR MARK``: stands between a script's streams and the user's terminal.

With ``console="redirect"`` what a script, its C code and its subprocesses write to descriptors 1 and 2
arrives here. Every byte goes on to the user's own stream at once, and a copy to the recorder, which makes
lines of it in a journal of this process's own. It lives until nobody has the streams open any more:
longer than the script, where children go on writing. Only then does it end, whatever else ends.

What it must never do: keep a byte from the user for the disk's sake (a recorder that falls behind leaves
lines out and counts them), write to the script's side, or end at a signal meant for the script.

``MARK`` is a sequence of random bytes, in hex: where the script writes it into both streams, everything in
front of it is shown and recorded before the word ``RELAY_DRAINED`` is given.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from collections.abc import Callable

from runwell.wire.console import RELAY_DRAINED, RELAY_READY, RELAY_REFUSED, RELAY_STREAM_FDS, RELAY_WORD_FD

from .recorder import Recorder

READ_BYTES = 64 * 1024  # what is lost at most if this process is killed in the middle of passing it on
SIZE_EVERY_S = 0.2  # how often the terminal's size is asked: a change of it signals only those who sit at it
SWITCH_S = 0.0005  # a thread that has a byte to pass on doesn't wait for one that records


class Stream:
    """One stream on its way: from the script's end to the user's own.

    Args:
        name: "stdout" or "stderr".
        source: descriptor to read; doesn't block.
        target: the user's stream.
        mark: see the module.
        recorder: takes what was shown.
        refused: called once if the user's stream takes nothing any more.

    Attributes:
        source: as given.
        is_terminal: the script's end is a terminal.
    """

    def __init__(
        self, name: str, source: int, target: int, mark: bytes, recorder: Recorder, refused: Callable[[], None]
    ) -> None:
        self.name = name
        self.source = source
        self._target = target
        self._mark = mark
        self._recorder = recorder
        self._refused = refused
        self._shows = True
        self._closing = threading.Lock()
        self.is_terminal = os.isatty(source)
        self._kept = b""  # the last bytes read, if they may be the beginning of the mark
        self._size: bytes | None = None

    def pass_on(self) -> bool:
        """Pass on what is there; False once nobody has the script's end open any more."""
        try:
            data = os.read(self.source, READ_BYTES)
        except BlockingIOError:
            return True
        except OSError:  # how a terminal's end says that nobody has the other one open
            data = b""
        if data:
            self._take(data)
            return True
        self._out(self._kept)
        with self._closing:  # whoever reads the user's stream learns now that this was all
            os.close(self.source)
            os.close(self._target)
            self.is_terminal = False
        self._recorder.put_end(self.name)
        return False

    def shares_target(self, other: Stream) -> bool:
        """Tell whether both streams are the user's same terminal, pipe or file."""
        mine, its = os.fstat(self._target), os.fstat(other._target)
        return (mine.st_dev, mine.st_ino) == (its.st_dev, its.st_ino)

    def follow_size(self) -> None:
        """Give the script's terminal the size of the user's; nothing to do for a stream that is none."""
        import fcntl
        import struct
        import termios

        with self._closing:
            if not self.is_terminal:
                return
            try:
                size = fcntl.ioctl(self._target, termios.TIOCGWINSZ, struct.pack("4H", 0, 0, 0, 0))
                if size != self._size:
                    fcntl.ioctl(self.source, termios.TIOCSWINSZ, size)
                    self._size = size
            except OSError:
                pass

    def _take(self, data: bytes) -> None:
        data = self._kept + data
        before, mark, behind = data.partition(self._mark)
        if mark:
            self._kept = b""
            self._out(before)
            self._recorder.put_mark(self.name)
            data = behind
        kept = _beginning_of(self._mark, data)
        self._kept = data[len(data) - kept :]
        self._out(data[: len(data) - kept])

    def _out(self, data: bytes) -> None:
        if not data:
            return
        if self._shows:
            self._show(data)
        self._recorder.put(self.name, data)

    def _show(self, data: bytes) -> None:
        left = memoryview(data)
        while left:
            try:
                left = left[os.write(self._target, left) :]
            except BlockingIOError:  # somebody who shares the user's stream made it so
                poll = select.poll()
                poll.register(self._target, select.POLLOUT)
                poll.poll(1_000)
            except OSError:  # a pipe without a reader, a full disk, a terminal that is gone
                self._shows = False
                self._refused()
                return


def main(arguments: list[str]) -> int:
    """Relay until the streams end. Returns 0; 2: not started as it should be."""
    if len(arguments) != 2:
        print("usage: python -m runwell.companion.relay RUN_DIR MARK", file=sys.stderr)
        return 2
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGTSTP", "SIGTTOU", "SIGUSR1", "SIGUSR2"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    sys.setswitchinterval(SWITCH_S)
    os.umask(0o077)
    run_dir, mark = arguments[0], bytes.fromhex(arguments[1])
    recorder = Recorder(run_dir, drained=lambda: _say(RELAY_DRAINED))
    streams = [
        Stream(name, source, target, mark, recorder, lambda: _say(RELAY_REFUSED))
        for name, source, target in RELAY_STREAM_FDS
    ]
    # Of two that end in one terminal, one thread keeps the order best; of others, none may wait for the other.
    groups = [streams] if streams[0].shares_target(streams[1]) else [[stream] for stream in streams]
    threads = [threading.Thread(target=_pass_on, args=(group,), daemon=True) for group in groups]
    for thread in threads:
        thread.start()
    _say(b"%b %d" % (RELAY_READY, os.getpid()))
    recording = threading.Thread(target=recorder.record, name="recorder", daemon=True)
    recording.start()
    terminals = [stream for stream in streams if stream.is_terminal]
    while any(thread.is_alive() for thread in threads):
        for stream in terminals:
            stream.follow_size()
        for thread in threads:
            thread.join(SIZE_EVERY_S / 2 if terminals else None)
    recording.join()
    return 0


def _pass_on(streams: list[Stream]) -> None:
    """Pass on what comes until nobody has the script's ends open any more."""
    waiting = select.poll()
    for stream in streams:
        waiting.register(stream.source, select.POLLIN)
    going = {stream.source: stream for stream in streams}
    while going:
        ready = dict(waiting.poll())
        for source, stream in list(going.items()):
            if source in ready and not stream.pass_on():
                waiting.unregister(source)
                del going[source]


def _say(word: bytes) -> None:
    try:
        os.write(RELAY_WORD_FD, word + b"\n")
    except OSError:
        pass  # the script is gone: nobody asks


def _beginning_of(mark: bytes, data: bytes) -> int:
    """Give how many of the last bytes of ``data`` may be the beginning of the mark."""
    for length in range(min(len(mark) - 1, len(data)), 0, -1):
        if data.endswith(mark[:length]):
            return length
    return 0


if __name__ == "__main__":
    # os._exit: nothing that a library registered for the interpreter's end may keep this process.
    os._exit(main(sys.argv[1:]))
