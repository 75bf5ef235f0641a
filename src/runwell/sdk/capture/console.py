"""The script's stdout and stderr, line by line, as ``out`` records; the terminal sees what it always did.

Only the ``write`` of the stream objects is wrapped, in place: the objects, their buffers, ``isatty`` and
``fileno`` stay what they were. The terminal is written first, and what it raises is raised. What C code
and subprocesses write doesn't come this way: see ``redirect``.
"""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from threading import local
from typing import TYPE_CHECKING, Any

from runwell.sdk.journal import Journal
from runwell.sdk.notices import warn_once
from runwell.wire import records
from runwell.wire.console import ConsoleLines
from runwell.wire.journal import encode_record

if TYPE_CHECKING:
    from runwell.sdk.companion_start import Relay

    from .redirect import Redirect

_sinks: list[ConsoleLog] = []
_wrapped: list[tuple[Any, Callable[..., Any]]] = []
_writing = local()


class ConsoleLog:
    """The console lines of one run: pieces of text in, numbered lines into its journal.

    Args:
        journal: where lines go.
    """

    def __init__(self, journal: Journal) -> None:
        self._journal = journal
        self._lines = ConsoleLines(self._record, lambda lines: journal.count("omitted_lines", lines))

    def feed(self, stream: str, text: str) -> None:
        """Take what a stream was given."""
        with self._journal.lock:
            self._lines.feed(stream, text, time.time())

    def flush(self) -> None:
        """Record lines that haven't ended."""
        with self._journal.lock:
            self._lines.flush(time.time())

    def start_anew(self) -> None:
        """After a fork, in the child: number lines from 0, for a journal of its own."""
        self.__init__(self._journal)

    def _record(self, line: dict[str, Any]) -> None:
        self._journal.write(encode_record(records.OUT, line))


def attach(sink: ConsoleLog) -> None:
    """Let a run's console log hear the streams from now on."""
    _sinks.append(sink)
    keep_wrapped()


def suits_redirecting() -> bool:
    """Tell whether redirecting is what to do unasked: nobody sits at either stream, and it has been tried here.

    On a terminal other things meet it than bytes: keys, sizes, job control (``docs/decisions/0005``). The
    first process of a container would take the relay with it.
    """
    if not sys.platform.startswith("linux") or os.getpid() == 1 or sys.flags.interactive or hasattr(sys, "ps1"):
        return False
    try:
        return not os.isatty(1) and not os.isatty(2)
    except OSError:  # a closed one
        return False


def redirect(
    run_dir: str, minimal: bool, sink: ConsoleLog, asked: bool, start_with: Callable[[Relay], bool] | None = None
) -> Redirect | None:
    """Lead both descriptors through a relay that records them; None where that can't be had.

    Args:
        run_dir: absolute.
        minimal: see ``companion_start.start``.
        sink: takes what Python prints, if the relay is lost.
        asked: the user wants it, and hears why he doesn't get it.
        start_with: see ``redirect.Redirect``.
    """
    try:
        from .redirect import NotHere, Redirect
    except ImportError:
        reason = "this system has no way to do it"
    else:
        try:
            return Redirect(run_dir, minimal, sink, start_with)
        except NotHere as error:
            reason = str(error)
    if not asked:
        return None
    warn_once(
        "redirect",
        f"console='redirect' isn't possible here ({reason}): what Python prints is recorded, not what C code and "
        "subprocesses write",
    )
    return None


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
