"""``python -m runwell.companion.relay RUN_DIR MARK STREAMS``: between a script's streams and the user's terminal.

Where the console is redirected, what a script, its C code and its subprocesses write to descriptors 1 and 2
arrives here. Every byte goes on to the user's own stream at once, and a copy to the recorder, which makes
lines of it in a journal of this process's own. It lives until nobody has the streams open any more:
longer than the script, where children go on writing. Only then does it end, whatever else ends.

Another process stays behind it and does nothing: if somebody kills or stops the relay, that one starts another
or wakes it, at once and without the script, which may be waiting in a write with its interpreter's lock held.

What it must never do: keep a byte from the user for the disk's sake (a recorder that falls behind leaves
lines out and counts them), write to the script's side, or end at a signal meant for the script.

``MARK`` is a sequence of bytes, in hex, that no output has: where the script writes it into both streams, everything in
front of it is shown and recorded before the word ``RELAY_DRAINED`` is given. ``STREAMS`` is 1 where both are
one stream, as they lead to one place.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
import time
from collections.abc import Callable
from functools import partial

from runwell.wire.console import RELAY_DRAINED, RELAY_READY, RELAY_REFUSED, RELAY_STREAM_FDS, RELAY_WORD_FD

from .recorder import Recorder

READ_BYTES = 64 * 1024  # what is lost at most if this process is killed in the middle of passing it on
SIZE_EVERY_S = 0.2  # how often the terminal's size is asked: a change of it signals only those who sit at it
STOPPED_S = 0.2  # that one who was stopped is left alone: whoever insists doesn't keep two processes busy
HOLD_S = 0.05  # that the last bytes wait which may begin the mark; the rest of one is there at once, if ever
MAX_RELAYS = 5  # of one start: where they are killed again and again, the script does without
SWITCH_S = 0.0005  # a thread that has a byte to pass on doesn't wait for one that records


_ENDED_SIGNALS = (signal.SIGUSR1, signal.SIGUSR2)  # to the one behind: the first, the second stream has ended


class Stream:
    """One stream on its way: from the script's end to the user's own.

    Args:
        name: "stdout" or "stderr".
        source: descriptor to read; doesn't block.
        target: the user's stream.
        mark: see the module.
        recorder: takes what was shown.
        refused: called once if the user's stream takes nothing any more.
        ended: called when nobody has the script's end open any more.

    Attributes:
        source: as given.
        is_terminal: the script's end is a terminal.
    """

    def __init__(
        self,
        name: str,
        source: int,
        target: int,
        mark: bytes,
        recorder: Recorder,
        refused: Callable[[], None],
        ended: Callable[[], None],
    ) -> None:
        self.name = name
        self.source = source
        self._target = target
        self._mark = mark
        self._recorder = recorder
        self._refused = refused
        self._ended = ended
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
        self.let_go()
        with self._closing:  # whoever reads the user's stream learns now that this was all
            os.close(self.source)
            os.close(self._target)
            self.is_terminal = False
        self._ended()
        self._recorder.put_end(self.name)
        return False

    @property
    def holds(self) -> bool:
        """Whether bytes wait here that may be the beginning of the mark."""
        return bool(self._kept)

    def let_go(self) -> None:
        """Pass on what waits: it was no mark."""
        kept, self._kept = self._kept, b""
        self._out(kept)

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
    """Relay until the streams end. Returns 0; 1: killed too often; 2: not started as it should be."""
    if len(arguments) != 3:
        print("usage: python -m runwell.companion.relay RUN_DIR MARK STREAMS", file=sys.stderr)
        return 2
    run_dir, mark, streams = arguments[0], bytes.fromhex(arguments[1]), int(arguments[2])
    for name in ("SIGINT", "SIGTERM", "SIGHUP", "SIGTSTP", "SIGTTOU"):
        signal.signal(getattr(signal, name), signal.SIG_IGN)
    os.umask(0o077)
    return _stay_behind(list(range(streams)), lambda guard, there: _relay(run_dir, mark, guard, there))


def _stay_behind(there: list[int], relay: Callable[[int, list[int]], int]) -> int:
    """Have a child relay, and another one where that dies.

    Args:
        there: the indices of the streams.
        relay: does it, in the child; is told this process's id and the indices of the streams that haven't ended.
    """
    guard = os.getpid()

    def let_go(number: int, _: object) -> None:
        """A stream has ended: whoever reads the user's learns that only when we have let go of it too."""
        index = _ENDED_SIGNALS.index(number)
        if index in there:
            there.remove(index)
            for fd in RELAY_STREAM_FDS[index][1:]:
                os.close(fd)
        if not there:
            os._exit(0)

    for ended in _ENDED_SIGNALS:
        signal.signal(ended, let_go)
    for _ in range(MAX_RELAYS):
        child = os.fork()
        if child == 0:
            for ended in _ENDED_SIGNALS:
                signal.signal(ended, signal.SIG_IGN)
            return relay(guard, list(there))
        status = os.waitpid(child, os.WUNTRACED)[1]
        while os.WIFSTOPPED(status):
            time.sleep(STOPPED_S)
            os.kill(child, signal.SIGCONT)
            status = os.waitpid(child, os.WUNTRACED)[1]
        if os.WIFEXITED(status):
            return os.WEXITSTATUS(status)
    return 1


def _relay(run_dir: str, mark: bytes, guard: int, there: list[int]) -> int:
    sys.setswitchinterval(SWITCH_S)
    recorder = Recorder(run_dir, drained=lambda: _say(RELAY_DRAINED))
    streams = []
    for index, (name, source, target) in enumerate(RELAY_STREAM_FDS):
        if index in there:
            ended = partial(_tell, guard, _ENDED_SIGNALS[index])
            streams.append(Stream(name, source, target, mark, recorder, lambda: _say(RELAY_REFUSED), ended))
        else:
            recorder.put_end(name)
    threads = [threading.Thread(target=_pass_on, args=(stream,), daemon=True) for stream in streams]
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
    for name, _, _ in RELAY_STREAM_FDS:
        recorder.put_end(name)  # once more, should a thread have ended in another way
    recording.join()
    return 0


def _pass_on(stream: Stream) -> None:
    """Pass on what comes until nobody has the script's end open any more; no stream waits for another."""
    waiting = select.poll()
    waiting.register(stream.source, select.POLLIN)
    while True:
        if not waiting.poll(HOLD_S * 1_000 if stream.holds else None):
            stream.let_go()
        elif not stream.pass_on():
            return


def _tell(guard: int, ended: int) -> None:
    if os.getppid() == guard:
        os.kill(guard, ended)


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
