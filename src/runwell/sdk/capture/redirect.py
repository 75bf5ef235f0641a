"""What a process writes to descriptors 1 and 2, whoever in it writes: Python, C code, its subprocesses.

Both descriptors lead to a pipe, or to a terminal of our own where the user's stream is one. A process
beside this one, the relay (``companion.relay``), reads the other end, passes each byte on to the user's
stream and records it. No thread of this process reads: C code that holds the interpreter's lock while it
waits for a full pipe would wait for ever.

The script must never wait for a relay that is gone or stands still. So this process keeps the end to read
open too (a write then meets neither SIGPIPE nor EIO), and a thread watches: a relay that stands still before
a full pipe is woken or ended, and one that is gone is replaced; where that doesn't work, the descriptors get back what
they were, what is left is passed on from here, and what Python prints goes on being recorded by ``console``.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import time
from collections.abc import Callable
from threading import Event, RLock, Thread
from typing import Any

from runwell.sdk import companion_start, notices
from runwell.wire.console import (
    RELAY_DRAINED,
    RELAY_MARK_BYTES,
    RELAY_MARK_FIRST,
    RELAY_READY,
    RELAY_REFUSED,
    RELAY_STREAM_FDS,
    RELAY_WORD_FD,
)
from runwell.wire.limits import CONSOLE_DRAIN_S, CONSOLE_STALL_S, MIB

from . import console
from .channel import Channel, are_one, is_writable, to_high_number

_LOOK_EVERY_S = 0.5
_PARTING_S = 0.1  # the relay usually ends at once; where children write on, the thread leaves a little later
_STARTING_S = 10.0  # a relay that hasn't begun to read after this long won't
_MAX_RELAYS = 3  # of one run: where every relay is killed, the streams are left alone
_PUMP_BYTES = 8 * MIB  # passed on from here at one go: more than any pipe holds

_now_redirected: list[Redirect] = []


class NotHere(Exception):
    """The streams can't be redirected in this process; the text says why."""


class Redirect:
    """Both streams, on their way through a relay; as one stream, stdout, where both lead to one place.

    Args:
        run_dir: absolute.
        minimal: see ``companion_start.start``.
        log: takes what Python prints, should it come to that.
        start_with: starts the first relay, and something beside it; tells whether it did.

    Raises:
        NotHere: this process's streams can't be redirected; nothing has changed.
    """

    def __init__(
        self,
        run_dir: str,
        minimal: bool,
        log: console.ConsoleLog,
        start_with: Callable[[companion_start.Relay], bool] | None = None,
    ) -> None:
        _refuse_where_impossible()
        self._run_dir = run_dir
        self._minimal = minimal
        self._log = log
        self._owner = os.getpid()
        self._mark = RELAY_MARK_FIRST + os.urandom(RELAY_MARK_BYTES - 1)
        self._lock = RLock()
        self._drained = Event()
        self._channels: list[Channel] = []
        self._word = -1
        self._relays = 0
        self._started_at = 0.0
        self._relay = 0  # its process id, once it has said that it reads
        self._pushed = False
        self._is_gone = False
        self._apart = False  # the descriptors are what they were, though the run goes on
        self._ending = False
        self._ended = False
        self._watching = Thread(target=self._watch, name="runwell-console", daemon=True)
        with self._lock:  # what watches waits for it
            try:
                # First: beside programs that are starting, a thread's start takes as long as theirs.
                self._watching.start()
                # Two that lead to one place stay one: two pipes have no common order.
                both = [(1, 2)] if are_one() else [(1,), (2,)]
                for (name, _, _), numbers in zip(RELAY_STREAM_FDS, both, strict=False):
                    self._channels.append(Channel(name, *numbers))
                self._start_relay(start_with)
                _flush_python()
                for channel in self._channels:
                    channel.lead_in()
            except (OSError, ValueError, RuntimeError) as error:
                self._ended = True
                self._put_back()
                self._close()
                raise NotHere(f"{type(error).__name__}: {error}") from None
            _now_redirected[:] = [self]
            notices.speak_to(self._channels[-1].original)

    def end(self) -> None:
        """Give the descriptors back; what was written before is shown and recorded, or ``CONSOLE_DRAIN_S`` are over."""
        with self._lock:
            if self._ended or self._ending or self._owner != os.getpid():
                return
            self._ending = True
            _flush_python()
            _flush_c()
            self._put_back()
            notices.speak_to(None)
            deadline = time.monotonic() + CONSOLE_DRAIN_S
            if self._apart or not all(channel.write_mark(self._mark, deadline) for channel in self._channels):
                self._drained.set()
        try:
            self._drained.wait(max(0.0, deadline - time.monotonic()))
        finally:
            with self._lock:
                self._ended = True
                _now_redirected.clear()
                for channel in self._channels:  # the relay ends when nobody else has them open
                    channel.close_gate()
            self._watching.join(_PARTING_S)

    def become_child(self) -> None:
        """After a fork, in the child: it writes where its parent does, and has no part in the rest."""
        self._ended = True
        _now_redirected.clear()
        notices.speak_to(None)
        self._close()

    # --- the relay ----------------------------------------------------------------------------

    def _start_relay(self, start_with: Callable[[companion_start.Relay], bool] | None = None) -> None:
        ours, theirs = (to_high_number(fd) for fd in os.pipe())
        os.set_blocking(ours, False)
        try:
            descriptors = {RELAY_WORD_FD: theirs}
            for channel, (_, source, target) in zip(self._channels, RELAY_STREAM_FDS, strict=False):
                descriptors[source], descriptors[target] = channel.reader, channel.original
            relay = companion_start.Relay(self._run_dir, self._mark.hex(), len(self._channels), descriptors)
            if start_with is None or not start_with(relay):
                companion_start.start_relay(relay, self._run_dir, self._minimal)
        except OSError:
            os.close(ours)
            raise
        finally:
            os.close(theirs)
        if self._word >= 0:
            os.close(self._word)
        self._word = ours
        self._relay = 0
        self._pushed = False
        self._relays += 1
        self._started_at = time.monotonic()

    def _watch(self) -> None:
        """See to it, from a thread of its own, that what is written goes on being read."""
        with self._lock:
            if self._ended:  # before it began
                return
        stall = _Stall()
        try:
            while True:
                self._wait_for_news()
                with self._lock:
                    if self._ended:
                        self._close()
                        return
                    if self._apart:
                        self._pump()  # children may have the other ends still
                        continue
                    self._hear()
                    if self._is_gone:
                        self._replace()
                    elif stall.lasts(self._channels, CONSOLE_STALL_S if self._relay else _STARTING_S):
                        self._push_relay()
                        stall = _Stall()
        except Exception as error:  # whatever it is: the script's output must go somewhere
            self._put_back()
            self._drained.set()
            notices.warn_once("relay watch", f"output is no longer recorded: {type(error).__name__}: {error}")

    def _wait_for_news(self) -> None:
        waiting = select.poll()
        for fd in [channel.reader for channel in self._channels] if self._apart else [self._word]:
            waiting.register(fd, select.POLLIN)
        events = waiting.poll(_LOOK_EVERY_S * 1_000)
        if self._apart and events and not any(event & select.POLLIN for _, event in events):
            time.sleep(_LOOK_EVERY_S)  # nobody writes any more

    def _hear(self) -> None:
        try:
            said = os.read(self._word, 4_096)
        except BlockingIOError:
            return
        except OSError:
            said = b""
        self._is_gone = not said
        for word in said.splitlines():
            if word.startswith(RELAY_READY):
                self._relay = int(word[len(RELAY_READY) :])
                self._pushed = False
            elif word == RELAY_DRAINED:
                self._drained.set()
            elif word == RELAY_REFUSED and not self._apart:
                self._part(pump=False)

    def _push_relay(self) -> None:
        """Wake one that stands still, as one that was stopped; if that doesn't help, end it: it holds the streams."""
        if not self._relay:
            self._part(pump=True)
            notices.warn_once("relay gone", _GONE)
            return
        try:  # it is there: its end of the words is open
            os.kill(self._relay, signal.SIGKILL if self._pushed else signal.SIGCONT)
        except OSError:
            pass
        self._pushed = True

    def _replace(self) -> None:
        """Start another relay; it goes on where the one that is gone has stopped."""
        if self._relays < _MAX_RELAYS and not self._ending:
            try:
                self._start_relay()
                self._is_gone = False
                return
            except OSError:
                pass
        self._part(pump=True)
        if not self._ending:
            notices.warn_once("relay gone", _GONE)

    def _part(self, *, pump: bool) -> None:
        """Do without the relay from now on.

        Args:
            pump: nobody else reads what is under way.
        """
        if pump:
            self._pump()
        self._put_back()
        if pump:
            self._pump()
        self._apart = True
        notices.speak_to(None)
        if not self._ending:
            console.attach(self._log)
        self._drained.set()

    def _pump(self) -> None:
        for channel in self._channels:
            for text in channel.pump(self._mark, _PUMP_BYTES):
                self._log.feed(channel.name, text)

    # --- the descriptors ----------------------------------------------------------------------

    def _put_back(self) -> None:
        for channel in self._channels:
            channel.lead_out()

    def _close(self) -> None:
        for channel in self._channels:
            channel.close()
        self._channels = []
        if self._word >= 0:
            os.close(self._word)
            self._word = -1


_GONE = (
    "what passes this script's output on was killed or stood still: the output goes to its own streams again, and what "
    "Python prints is recorded, not what C code and subprocesses write"
)


class _Stall:
    """Whether a stream is full and nothing of it is read, though the user's own stream takes more."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._left: list[int] = []

    def lasts(self, channels: list[Channel], seconds: float) -> bool:
        """Tell whether it has lasted so long; to be asked again and again."""
        left = [channel.unread() for channel in channels]
        stuck = any(channel.is_full() and is_writable(channel.original) for channel in channels)
        now = time.monotonic()
        if not stuck or left != self._left or self._since is None:
            self._since = now if stuck else None
            self._left = left
        return self._since is not None and now - self._since >= seconds


def _refuse_where_impossible() -> None:
    if not hasattr(os, "posix_spawn") or not hasattr(select, "poll"):
        raise NotHere("this system has no way to do it")
    if _now_redirected:
        raise NotHere("another run of this process has the streams")
    for name, number in (("stdout", 1), ("stderr", 2)):
        stream: Any = getattr(sys, name, None)
        try:
            at = stream.fileno()
        except Exception:
            at = None
        if at != number:
            raise NotHere(f"sys.{name} isn't this process's own stream but a notebook's or a test runner's")


def _flush_python() -> None:
    for stream in (sys.stdout, sys.stderr):
        try:
            stream.flush()
        except Exception:
            pass  # the script meets it at its own flush


def _flush_c() -> None:
    """Have C's stdout written: of a pipe it keeps some kilobytes back."""
    try:
        import ctypes

        libc = ctypes.CDLL(None)
        name = "__stdoutp" if sys.platform == "darwin" else "stdout"
        libc.fflush(ctypes.c_void_p.in_dll(libc, name))
    except Exception:
        pass  # another C library: its stdout is flushed at the process's end
